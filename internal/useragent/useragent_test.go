package useragent_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/internal/useragent"
)

const (
	kit    = " AppleWebKit/537.36 (KHTML, like Gecko) "
	macKit = " AppleWebKit/605.1.15 (KHTML, like Gecko) "
	win    = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
	mac    = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
	linux  = "Mozilla/5.0 (X11; Linux x86_64)"
	iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X)"
	ipad   = "Mozilla/5.0 (iPad; CPU OS 17_2 like Mac OS X)"
	pixel  = "Mozilla/5.0 (Linux; Android 14; Pixel 8)"
)

type agentCase struct {
	name, header          string
	platform, os, browser string
	mobile                bool
}

func check(t *testing.T, cases []agentCase) {
	t.Helper()
	t.Parallel()
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			want := useragent.Agent{Platform: tc.platform, OS: tc.os, Browser: tc.browser, Mobile: tc.mobile}
			if diff := cmp.Diff(want, useragent.Parse(tc.header)); diff != "" {
				t.Errorf("Parse(%q): -want +got\n%s", tc.header, diff)
			}
		})
	}
}

func TestParseBrowsers(t *testing.T) {
	check(t, []agentCase{
		{"Chrome on Windows", win + kit + "Chrome/120.0.6099.71 Safari/537.36", "Windows", "Windows 10", "Chrome/120.0", false},
		{"Chrome on macOS", mac + kit + "Chrome/120.0.0.0 Safari/537.36", "Macintosh", "Mac OS X 10.15", "Chrome/120.0", false},
		{"Chrome on Linux", linux + kit + "Chrome/119.0.0.0 Safari/537.36", "Linux", "Linux", "Chrome/119.0", false},
		{"Chrome on a Chromebook", "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)" + kit + "Chrome/120.0.0.0 Safari/537.36", "Linux", "ChromeOS", "Chrome/120.0", false},
		{"Chrome on Android", pixel + kit + "Chrome/120.0.6099.43 Mobile Safari/537.36", "Linux", "Android", "Chrome/120.0", true},
		{"Chrome on an Android tablet", "Mozilla/5.0 (Linux; Android 13; SM-X700)" + kit + "Chrome/120.0.0.0 Safari/537.36", "Linux", "Android", "Chrome/120.0", true},
		{"Chrome on an iPhone", iphone + macKit + "CriOS/120.0.6099.50 Mobile/15E148 Safari/604.1", "iPhone", "iOS", "Chrome/120.0", true},
		{"Chromium on Ubuntu", linux + kit + "Ubuntu Chromium/80.0.3987.87 Chrome/80.0.3987.87 Safari/537.36", "Linux", "Linux", "Chrome/80.0", false},
		{"Samsung Internet is Chrome inside", pixel + kit + "SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36", "Linux", "Android", "Chrome/115.0", true},
		{"headless Chrome", linux + kit + "HeadlessChrome/120.0.6099.28 Safari/537.36", "Linux", "Linux", "Chrome/120.0", false},
		{"Firefox on Windows", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:121.0) Gecko/20100101 Firefox/121.0", "Windows", "Windows 10", "Firefox/121.0", false},
		{"Firefox on macOS", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:121.0) Gecko/20100101 Firefox/121.0", "Macintosh", "Mac OS X 10.15", "Firefox/121.0", false},
		{"Firefox on Linux", "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0", "Linux", "Linux", "Firefox/115.0", false},
		{"Firefox on Android", "Mozilla/5.0 (Android 14; Mobile; rv:121.0) Gecko/121.0 Firefox/121.0", "Linux", "Android", "Firefox/121.0", true},
		{"Firefox on an iPad", ipad + macKit + "FxiOS/121.0 Mobile/15E148 Safari/605.1.15", "iPad", "iOS", "Firefox/121.0", true},
		{"Safari on macOS", mac + macKit + "Version/17.2 Safari/605.1.15", "Macintosh", "Mac OS X 10.15", "Safari/17.2", false},
		{"Safari on an iPhone", iphone + macKit + "Version/17.2 Mobile/15E148 Safari/604.1", "iPhone", "iOS", "Safari/17.2", true},
		{"Safari on an iPad", ipad + macKit + "Version/17.2 Mobile/15E148 Safari/604.1", "iPad", "iOS", "Safari/17.2", true},
		{"Safari on an iPod", "Mozilla/5.0 (iPod touch; CPU iPhone OS 12_5 like Mac OS X)" + macKit + "Version/12.1 Mobile/15E148 Safari/604.1", "iPod", "iOS", "Safari/12.1", true},
		{"Edge on Windows", win + kit + "Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210.61", "Windows", "Windows 10", "Edge/120.0", false},
		{"the first Edge", win + kit + "Chrome/70.0.3538.102 Safari/537.36 Edge/18.17763", "Windows", "Windows 10", "Edge/18.17763", false},
		{"Edge on Android", pixel + kit + "Chrome/120.0.0.0 Mobile Safari/537.36 EdgA/120.0.2210.61", "Linux", "Android", "Edge/120.0", true},
		{"Edge on an iPhone", iphone + macKit + "Version/17.0 EdgiOS/120.0.2210.116 Mobile/15E148 Safari/604.1", "iPhone", "iOS", "Edge/120.0", true},
		{"Opera on Linux", linux + kit + "Chrome/119.0.0.0 Safari/537.36 OPR/105.0.0.0", "Linux", "Linux", "Opera/105.0", false},
		{"the old Opera", "Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.18", "Windows", "Windows 7", "Opera/12.18", false},
		{"Opera Mini", "Opera/9.80 (Android; Opera Mini/36.2.2254/119.132; U; id) Presto/2.12.423 Version/12.16", "Linux", "Android", "Opera/36.2", true},
		{"Internet Explorer 11", "Mozilla/5.0 (Windows NT 6.3; WOW64; Trident/7.0; rv:11.0) like Gecko", "Windows", "Windows 8.1", "Internet Explorer/11.0", false},
		{"Internet Explorer 10", "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)", "Windows", "Windows 8", "Internet Explorer/10.0", false},
		{"Internet Explorer 8 on XP", "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0)", "Windows", "Windows XP", "Internet Explorer/8.0", false},
		{"Internet Explorer 9 on Vista", "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.0; Trident/5.0)", "Windows", "Windows Vista", "Internet Explorer/9.0", false},
		{"a Windows Phone, which names Android and iPhone too", "Mozilla/5.0 (Mobile; Windows Phone 8.1; Android 4.0; ARM; Trident/7.0; Touch; rv:11.0; IEMobile/11.0; NOKIA; Lumia 520) like iPhone OS 7_0_3 Mac OS X AppleWebKit/537 (KHTML, like Gecko) Mobile Safari/537", "Windows Phone", "Windows Phone", "Internet Explorer/11.0", true},
		{"the old browser of Android", "Mozilla/5.0 (Linux; U; Android 4.0.3; de-de; GT-I9100 Build/IML74K) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30", "Linux", "Android", "Android/4.0", true},
		{"BlackBerry 10", "Mozilla/5.0 (BB10; Touch) AppleWebKit/537.10+ (KHTML, like Gecko) Version/10.0.9.2372 Mobile Safari/537.10+", "BlackBerry", "BlackBerry", "BlackBerry/10.0", true},
	})
}

func TestParseClientsOfThisAPI(t *testing.T) {
	check(t, []agentCase{
		{"the desktop app on Windows", win + kit + "Mattermost/5.5.0 Chrome/120.0.6099.56 Electron/28.0.0 Safari/537.36", "Windows", "Windows 10", "Desktop App/5.5.0", false},
		{"the desktop app on macOS", mac + kit + "Mattermost/5.10.0-rc.1 Chrome/126.0.6478.127 Electron/31.2.0 Safari/537.36", "Macintosh", "Mac OS X 10.15", "Desktop App/5.10.0-rc.1", false},
		{"the desktop app on Linux", linux + kit + "Mattermost/5.5.0 Chrome/120.0.6099.56 Electron/28.0.0 Safari/537.36", "Linux", "Linux", "Desktop App/5.5.0", false},
		{"Franz has its own version", mac + kit + "Franz/5.4.1 Chrome/76.0.3809.146 Electron/6.0.10 Safari/537.36", "Macintosh", "Mac OS X 10.15", "Desktop App/5.4.1", false},
		{"another Electron app has the version of its Chrome", win + kit + "Some/1.0 Chrome/120.0.6099.56 Electron/28.0.0 Safari/537.36", "Windows", "Windows 10", "Desktop App/120.0", false},
		{"a client that only says its name", "Mattermost", "Unknown", "", "Desktop App/0.0", false},
		{"a desktop app without a version falls back", win + kit + "Mattermost/ Chrome/120.0.6099.56 Electron/28.0.0", "Windows", "Windows 10", "Desktop App/120.0", false},

		{"the mobile app on an iPhone", "Mattermost Mobile/2.10.0+10010522 (iOS; 17.1.1; iPhone 13)", "iPhone", "iOS", "Mobile App/2.10.0+10010522", true},
		{"the mobile app on an iPad", "Mattermost Mobile/2.10.0+522 (iOS; 17.1; iPad Air)", "iPad", "iOS", "Mobile App/2.10.0+522", true},
		{"the mobile app on iOS that names no model", "Mattermost Mobile/2.10.0+522 (iOS; 17.1; arm64)", "iPhone", "iOS", "Mobile App/2.10.0+522", true},
		{"the mobile app on Android", "Mattermost Mobile/2.10.0+522 (Android; 14; Pixel 8)", "Linux", "Android", "Mobile App/2.10.0+522", true},
		{"the mobile app that says no more", "Mattermost Mobile/2.10.0+522", "Linux", "Android", "Mobile App/2.10.0+522", true},
		{"mmctl", "mmctl/v7.8.0", "Unknown", "", "mmctl/v7.8.0", false},
		{"mmctl and its platform", "mmctl/10.5.0 (Linux)", "Linux", "Linux", "mmctl/10.5.0", false},
	})
}

func TestParseOthers(t *testing.T) {
	check(t, []agentCase{
		{"no header", "", "Unknown", "", "Unknown/0.0", false},
		{"a script", "backup-script/1.0", "Unknown", "", "Unknown/0.0", false},
		{"curl", "curl/8.5.0", "Unknown", "", "Unknown/0.0", false},
		{"the client of Go", "Go-http-client/1.1", "Unknown", "", "Unknown/0.0", false},
		{"Python", "python-requests/2.31.0", "Unknown", "", "Unknown/0.0", false},
		{"a crawler", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Unknown", "", "Unknown/0.0", false},
		{"a crawler that plays a phone", pixel + kit + "Chrome/120.0.6099.71 Mobile Safari/537.36 (compatible; Googlebot/2.1)", "Linux", "Android", "Chrome/120.0", true},
		{"a future Windows", "Mozilla/5.0 (Windows NT 12.0; Win64; x64; rv:200.0) Gecko/20100101 Firefox/200.0", "Windows", "Windows", "Firefox/200.0", false},
		{"a Mac without a version", "Mozilla/5.0 (Macintosh) Firefox/121.0", "Macintosh", "Mac OS X", "Firefox/121.0", false},
		{"a browser without a version", "Firefox/", "Unknown", "", "Firefox/0.0", false},
		{"a version of absurd digits", "Firefox/0012345678901234567890.5", "Unknown", "", "Firefox/1234567.0", false},
		{"bytes that are no text", "Mattermost/5.5\x80\x00x", "Unknown", "", "Desktop App/5.5", false},
	})
}

func TestVersionOfAClientEndsAfter128Bytes(t *testing.T) {
	t.Parallel()
	got := useragent.Parse("Mattermost Mobile/" + strings.Repeat("9", 300) + " (iOS; 17)")
	if want := "Mobile App/" + strings.Repeat("9", 128); got.Browser != want {
		t.Errorf("Browser is %q, want %q", got.Browser, want)
	}
}

func TestOnlyTheFirst512BytesCount(t *testing.T) {
	t.Parallel()
	got := useragent.Parse(strings.Repeat(" ", 512) + "Mattermost Mobile/2.10.0 (iOS; 17.1; iPhone 13)")
	if diff := cmp.Diff(useragent.Agent{Platform: "Unknown", Browser: "Unknown/0.0"}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", win + kit + "Chrome/120.0.6099.71 Safari/537.36", "Mattermost Mobile/2.10.0+522 (iOS; 17.1; iPad Air)",
		"Mattermost/\xff", "Windows NT ", "Mac OS X 10_", "Trident/rv:", "mmctl/v7 Franz/",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		a := useragent.Parse(header)
		for _, text := range []string{a.Platform, a.OS, a.Browser} {
			if len(text) > 150 || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Errorf("%q is not fit for display", text)
			}
		}
		if name, version, ok := strings.Cut(a.Browser, "/"); !ok || name == "" || version == "" || a.Platform == "" {
			t.Errorf("%+v lacks something", a)
		}
		if again := useragent.Parse(header); again != a {
			t.Errorf("%+v, then %+v", a, again)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		useragent.Parse(mac + kit + "Chrome/120.0.0.0 Safari/537.36")
	}
}
