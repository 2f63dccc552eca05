// Package useragent reads from a User-Agent header what a session's owner is
// shown about the device: platform, system and browser.
package useragent

import "strings"

// maxLength is how many bytes of the header are read; the rest says nothing new.
const maxLength = 512

// maxVersion is the longest version of one of our clients, in bytes.
const maxVersion = 128

// Agent is what a User-Agent header claims. It is made for display and proves nothing.
type Agent struct {
	Platform string // "Windows", "Macintosh", "Linux", "iPhone", …; "Unknown" if it cannot be told
	OS       string // "Windows 10", "Mac OS X 10.15", "Android", …; empty if it cannot be told
	Browser  string // name/version; "Unknown/0.0" if it cannot be told
	Mobile   bool   // whether sessions of this agent last as long as mobile ones
}

// Parse reads the first 512 bytes of a User-Agent header. Every text is the
// header's for display: printable ASCII, at most 150 bytes.
func Parse(header string) Agent {
	if len(header) > maxLength {
		header = header[:maxLength]
	}
	platform, system := device(header)
	return Agent{
		Platform: platform,
		OS:       system,
		Browser:  browser(header),
		Mobile:   containsAny(header, "Mobile", "Android", "iOS", "iPhone", "iPad"),
	}
}

// browser gives name/version. The clients of this API carry the tokens of the
// browser they are built on, so their own names and versions come first.
func browser(header string) string {
	name, version := engine(header)
	switch {
	case strings.Contains(header, "Electron"):
		name = "Desktop App"
	case strings.Contains(header, "Mattermost Mobile"):
		name = "Mobile App"
	case strings.Contains(header, "Mattermost"):
		name = "Desktop App"
	case strings.Contains(header, "mmctl"):
		name = "mmctl"
	}
	for _, token := range []string{"Mattermost Mobile/", "Mattermost/", "mmctl/", "Franz/"} {
		if own := word(after(header, token)); own != "" {
			version = own
			break
		}
	}
	return name + "/" + version
}

// engine gives the web browser's name and its major.minor version. The order
// matters: most browsers also claim to be those they descend from.
func engine(header string) (name, version string) {
	for _, b := range []struct{ name, mark, version string }{
		{"Opera", "OPR/", "OPR/"},
		{"Opera", "OPiOS/", "OPiOS/"},
		{"Opera", "Opera Mini/", "Opera Mini/"},
		{"Opera", "Opera/", "Version/"},
		{"Edge", "Edg/", "Edg/"},
		{"Edge", "EdgA/", "EdgA/"},
		{"Edge", "EdgiOS/", "EdgiOS/"},
		{"Edge", "Edge/", "Edge/"},
		{"Internet Explorer", "IEMobile/", "IEMobile/"},
		{"Internet Explorer", "MSIE ", "MSIE "},
		{"Internet Explorer", "Trident/", "rv:"},
		{"BlackBerry", "BB10", "Version/"},
		{"BlackBerry", "BlackBerry", "Version/"},
		{"BlackBerry", "PlayBook", "Version/"},
		{"Firefox", "FxiOS/", "FxiOS/"},
		{"Firefox", "Firefox/", "Firefox/"},
		{"Chrome", "CriOS/", "CriOS/"},
		{"Chrome", "Chromium/", "Chromium/"},
		{"Chrome", "Chrome/", "Chrome/"},
		{"Android", "Android", "Version/"},
		{"Safari", "Safari/", "Version/"},
	} {
		if strings.Contains(header, b.mark) {
			return b.name, majorMinor(after(header, b.version))
		}
	}
	return "Unknown", "0.0"
}

// device gives platform and system by the names clients choose their icons by:
// an Android phone is platform Linux. Phones name the systems they resemble, so
// they come before those.
func device(header string) (platform, system string) {
	has := func(marks ...string) bool { return containsAny(header, marks...) }
	switch {
	case has("Windows Phone"):
		return "Windows Phone", "Windows Phone"
	case has("BlackBerry", "BB10", "PlayBook"):
		return "BlackBerry", "BlackBerry"
	case has("iPod"): // its system is called iPhone OS
		return "iPod", "iOS"
	case has("iPad"):
		return "iPad", "iOS"
	case has("iPhone"):
		return "iPhone", "iOS"
	case has("Android"):
		return "Linux", "Android"
	case has("Windows"):
		return "Windows", windows(header)
	case has("Macintosh", "Mac OS X"):
		return "Macintosh", macOS(header)
	case has("CrOS"):
		return "Linux", "ChromeOS"
	case has("Linux"):
		return "Linux", "Linux"
	case has("Mattermost Mobile/") && has("iOS"):
		return "iPhone", "iOS"
	case has("Mattermost Mobile/"):
		return "Linux", "Android"
	}
	return "Unknown", ""
}

// windows translates the kernel's version to the name people know. Windows 11
// still says 10.0.
func windows(header string) string {
	switch majorMinor(after(header, "Windows NT ")) {
	case "10.0":
		return "Windows 10"
	case "6.3":
		return "Windows 8.1"
	case "6.2":
		return "Windows 8"
	case "6.1":
		return "Windows 7"
	case "6.0":
		return "Windows Vista"
	case "5.1", "5.2":
		return "Windows XP"
	}
	return "Windows"
}

func macOS(header string) string {
	version := majorMinor(after(header, "Mac OS X "))
	if version == "0.0" {
		return "Mac OS X"
	}
	return "Mac OS X " + version
}

// after gives what follows the first occurrence of the token, or nothing.
func after(header, token string) string {
	_, rest, _ := strings.Cut(header, token)
	return rest
}

// word gives the printable ASCII at the beginning, up to the first blank. Headers
// may hold any bytes; what is stored and shown may not.
func word(s string) string {
	n := 0
	for n < len(s) && n < maxVersion && s[n] > ' ' && s[n] <= '~' {
		n++
	}
	return s[:n]
}

// majorMinor reads "120.0" from "120.0.6099.71" and "10.15" from "10_15_7"; what
// is missing is 0.
func majorMinor(s string) string {
	major, rest := number(s)
	minor := "0"
	if rest != "" && (rest[0] == '.' || rest[0] == '_') {
		minor, _ = number(rest[1:])
	}
	return major + "." + minor
}

// number cuts the decimal number at the beginning, without leading zeros and of
// nine digits at most.
func number(s string) (digits, rest string) {
	n := 0
	for n < len(s) && n < 9 && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if digits = strings.TrimLeft(s[:n], "0"); digits == "" {
		digits = "0"
	}
	return digits, s[n:]
}

func containsAny(s string, marks ...string) bool {
	for _, mark := range marks {
		if strings.Contains(s, mark) {
			return true
		}
	}
	return false
}
