package notify

import (
	"encoding/json"
	"html"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/internal/config"
	"muster/internal/model"
)

// catalogue reads the texts of one language.
func catalogue(t *testing.T, locale string) map[string]string {
	t.Helper()
	content, err := files.ReadFile(path.Join("locales", locale+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]string
	if err := json.Unmarshal(content, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

var placeholder = regexp.MustCompile(`{{\.[A-Za-z]+}}`)

func TestEveryLanguageSaysTheSame(t *testing.T) {
	t.Parallel()
	loaded, err := loadTexts()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"de", "en", "fr"}, loaded.locale); diff != "" {
		t.Errorf("languages (-want +got):\n%s", diff)
	}
	english := catalogue(t, "en")
	for _, locale := range loaded.locale {
		texts := catalogue(t, locale)
		if diff := cmp.Diff(slices.Sorted(maps.Keys(english)), slices.Sorted(maps.Keys(texts))); diff != "" {
			t.Errorf("texts of %s (-english +its own):\n%s", locale, diff)
		}
		for id, text := range texts {
			want, got := placeholder.FindAllString(english[id], -1), placeholder.FindAllString(text, -1)
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("values in %s of %s (-english +its own):\n%s", id, locale, diff)
			}
			if strings.TrimSpace(text) != text || text == "" {
				t.Errorf("%s of %s is %q", id, locale, text)
			}
		}
	}
}

func TestEveryMailCanBePreviewedInEveryLanguage(t *testing.T) {
	t.Parallel()
	cfg := config.Defaults()
	cfg.TeamSettings.SiteName = "Ducks & <b>Geese</b>"
	cfg.EmailSettings.FeedbackOrganization = "Pond Ltd, 1 Lake Road"
	for _, locale := range []string{"en", "de", "fr"} {
		for _, kind := range Kinds() {
			l, err := Preview(&cfg, kind, locale)
			if err != nil {
				t.Errorf("%s in %s: %v", kind, locale, err)
				continue
			}
			wantLetter(t, kind+" in "+locale, l, model.Mail{Kind: kind})
			if !strings.HasPrefix(l.HTML, "<!doctype html>\n<html lang=\""+locale+"\">") {
				t.Errorf("%s in %s begins %q", kind, locale, l.HTML[:min(len(l.HTML), 60)])
			}
		}
	}
}

// wantLetter checks what holds for every mail: a subject in one line that names the
// site, the same texts in both forms, no hole, nothing of a value that became a tag.
func wantLetter(t *testing.T, what string, l *Letter, m model.Mail) {
	t.Helper()
	if !strings.HasPrefix(l.Subject, "[Ducks & <b>Geese</b>] ") || strings.ContainsAny(l.Subject, "\r\n") {
		t.Errorf("%s has the subject %q", what, l.Subject)
	}
	linked := m.Linked() || m.Kind == model.MailWelcome || model.Invitations[m.Kind] != ""
	if !strings.Contains(l.Text, "https://chat.example.com") || linked != strings.Contains(l.HTML, "<a href=\"https://chat.example.com") {
		t.Errorf("%s has the wrong links:\n%s", what, l.HTML)
	}
	for name, text := range map[string]string{"text": l.Text, "page": l.HTML, "subject": l.Subject} {
		if strings.Contains(text, "<no value>") || strings.Contains(text, "&lt;no value") || strings.Contains(text, "{{") || strings.Contains(text, "ZgotmplZ") {
			t.Errorf("the %s of %s has a hole:\n%s", name, what, text)
		}
	}
	if strings.Contains(l.HTML, "<b>Geese") {
		t.Errorf("the page of %s takes the name of the site for tags:\n%s", what, l.HTML)
	}
	read := html.UnescapeString(l.HTML)
	for line := range strings.Lines(l.Text) {
		line = strings.TrimSuffix(strings.TrimSpace(line), ":")
		if line != "--" && !strings.Contains(read, line) {
			t.Errorf("the page of %s lacks %q", what, line)
		}
	}
	if !strings.Contains(l.Text, "Pond Ltd") {
		t.Errorf("the foot of %s does not name the organisation:\n%s", what, l.Text)
	}
}

func TestUnknownPreviewsNameTheKnownOnes(t *testing.T) {
	t.Parallel()
	cfg := config.Defaults()
	for _, tc := range []struct{ kind, locale, want string }{
		{"newsletter", "en", "password_reset"}, {model.MailTest, "tlh", "de, en, fr"}, {model.MailTest, "", "de, en, fr"},
	} {
		if _, err := Preview(&cfg, tc.kind, tc.locale); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("preview of %q in %q gives the error %v, want one with %q", tc.kind, tc.locale, err, tc.want)
		}
	}
}

func TestReaderGetsTheirLanguageElseTheServers(t *testing.T) {
	t.Parallel()
	loaded, err := loadTexts()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ reader, server, want string }{
		{"de", "en", "de"},
		{"fr", "de", "fr"},
		{"en-AU", "de", "en"},
		{"pt-BR", "de", "de"},
		{"pt-BR", "ja", "en"},
		{"", "fr", "fr"},
		{"", "", "en"},
		{"not a language", "de", "de"},
	} {
		cfg := config.Defaults()
		cfg.LocalizationSettings.DefaultClientLocale = tc.server
		l, err := loaded.write(&cfg, model.Mail{Kind: model.MailTest, Locale: tc.reader}, "")
		if err != nil || !strings.Contains(l.HTML, `<html lang="`+tc.want+`">`) || !strings.Contains(l.Text, catalogue(t, tc.want)["test.title"]) {
			t.Errorf("reader %q of server %q gets %v, error %v, want %s", tc.reader, tc.server, l, err, tc.want)
		}
	}
}

func TestWordsOfOursAreTranslatedAndOthersStay(t *testing.T) {
	t.Parallel()
	loaded, err := loadTexts()
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Defaults()
	for _, tc := range []struct{ kind, method, want string }{
		{model.MailPasswordChanged, model.ChangedWithLink, "mit einem Link an Ihre E-Mail-Adresse geändert"},
		{model.MailPasswordChanged, model.ChangedByAdmin, "durch die Administration geändert"},
		{model.MailPasswordChanged, model.ChangedInSettings, "in den Einstellungen des Kontos geändert"},
		{model.MailSignInChanged, "e-mail and password", "so an: E-Mail und Passwort."},
		{model.MailSignInChanged, "OpenID SSO", "so an: OpenID SSO."},
	} {
		l, err := loaded.write(&cfg, model.Mail{Kind: tc.kind, Locale: "de", Values: map[string]string{model.MailMethod: tc.method}}, "")
		if err != nil || !strings.Contains(l.Text, tc.want) {
			t.Errorf("%s by %q: %v, error %v, want %q", tc.kind, tc.method, l, err, tc.want)
		}
	}
}
