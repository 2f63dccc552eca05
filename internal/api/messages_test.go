package api

import (
	"encoding/json"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"muster/internal/fault"
	"muster/internal/password"
)

// catalogue reads one file of messages.
func catalogue(t *testing.T, language string) map[string]string {
	t.Helper()
	text, err := messageFiles.ReadFile(path.Join("messages", language+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]string
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// languages names the catalogues besides the English one.
func languages(t *testing.T) (out []string) {
	t.Helper()
	entries, err := messageFiles.ReadDir("messages")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := strings.TrimSuffix(e.Name(), ".json"); name != "en" {
			out = append(out, name)
		}
	}
	return out
}

// computedFills are what fills the holes of forms while the program runs.
func computedFills(t *testing.T) map[form][]string {
	t.Helper()
	return map[form][]string{
		"api.user.*.not_available.app_error": {"email_to_oauth", "oauth_to_email", "email_to_ldap", "ldap_to_email"},
		"model.bot.is_valid.*.app_error":     {"username", "user_id", "description", "creator_id"},
		"model.channel.is_valid.*.app_error": {"display_name", "1_or_more", "type", "header", "purpose", "name"},
		"model.channel.is_valid.banner_info.*.app_error": {
			"channel_type", "text.empty", "text.invalid_length", "background_color.empty",
			"background_color.invalid",
		},
		"model.channel_member.is_valid.*.app_error": {
			"notify_level", "push_level", "unread_level", "email_value",
			"ignore_channel_mentions_value", "channel_auto_follow_threads_value",
		},
		"model.preference.is_valid.*.app_error": {"id", "category", "name", "value"},
		"model.team.is_valid.*.app_error": {
			"email", "name", "url", "description", "reserved", "characters", "type", "company",
			"domains",
		},
		"model.user.is_valid.pwd*.app_error": passwordFills(t),
	}
}

// passwordFills asks the password policy for every id it can make.
func passwordFills(t *testing.T) []string {
	t.Helper()
	const bad = "{{{{{{{{" // in no class of characters
	out := []string{"_min_length", "_max_length"}
	for rules := 1; rules < 16; rules++ {
		p := password.Policy{Lowercase: rules&1 > 0, Uppercase: rules&2 > 0, Number: rules&4 > 0, Symbol: rules&8 > 0}
		f := fault.As(p.Check(bad))
		if f == nil {
			t.Fatalf("%+v accepts %q", p, bad)
		}
		out = append(out, strings.TrimSuffix(strings.TrimPrefix(f.ID, "model.user.is_valid.pwd"), ".app_error"))
	}
	return out
}

// everyID gives each error id the program can answer with.
func everyID(t *testing.T, m made) map[string]bool {
	t.Helper()
	ids := maps.Clone(m.ids)
	computed := computedFills(t)
	for f := range m.open {
		if computed[f] == nil {
			t.Errorf("%s is filled by something that is no literal: add what can stand there to computedFills", f)
		}
		for _, text := range computed[f] {
			ids[string(f.fill(text))] = true
		}
	}
	return ids
}

func TestEachErrorHasAMessageAndEachMessageAnError(t *testing.T) {
	t.Parallel()
	ids, texts := everyID(t, idsInSources(t)), catalogue(t, "en")
	if len(ids) < 100 {
		t.Fatalf("the sources hold %d error ids: they are not read as they should be", len(ids))
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if texts[id] == "" {
			t.Errorf("%s has no message in messages/en.json", id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(texts)) {
		if !ids[id] {
			t.Errorf("messages/en.json has a message for %s, which nothing answers with", id)
		}
	}
}

var placeholder = regexp.MustCompile(`{{\.([A-Z][A-Za-z]*)}}`)

// given tells whether faults with the id carry the value.
func (m made) given(id, name string) bool {
	for f, names := range m.params {
		before, after, hole := strings.Cut(string(f), "*")
		if names[name] && (string(f) == id || hole && strings.HasPrefix(id, before) && strings.HasSuffix(id, after)) {
			return true
		}
	}
	return false
}

func TestPlaceholdersAreFilled(t *testing.T) {
	t.Parallel()
	m := idsInSources(t)
	for _, language := range append(languages(t), "en") {
		for id, text := range catalogue(t, language) {
			for _, found := range placeholder.FindAllStringSubmatch(text, -1) {
				if !m.given(id, found[1]) {
					t.Errorf("%s, %s: no fault of this id has a value named %s", language, id, found[1])
				}
			}
			if strings.ContainsAny(placeholder.ReplaceAllString(text, ""), "{}") {
				t.Errorf("%s, %s: %q holds braces that are no placeholder", language, id, text)
			}
		}
	}
}

func TestMessagesAreSentences(t *testing.T) {
	t.Parallel()
	for _, language := range append(languages(t), "en") {
		for id, text := range catalogue(t, language) {
			first, _ := utf8.DecodeRuneInString(text)
			if !unicode.IsUpper(first) || !strings.HasSuffix(text, ".") || utf8.RuneCountInString(text) > 160 {
				t.Errorf("%s, %s: %q is not a sentence of at most 160 characters", language, id, text)
			}
		}
	}
}

func TestTranslationsSayTheSame(t *testing.T) {
	t.Parallel()
	english := catalogue(t, "en")
	for _, language := range languages(t) {
		for id, text := range catalogue(t, language) {
			if english[id] == "" {
				t.Errorf("%s translates %s, which has no English message", language, id)
			}
			if got, want := placeholder.FindAllString(text, -1), placeholder.FindAllString(english[id], -1); !slices.Equal(got, want) {
				t.Errorf("%s, %s: the placeholders are %v, in English %v", language, id, got, want)
			}
		}
	}
}

func TestMessagesFollowTheClientsLanguage(t *testing.T) {
	t.Parallel()
	m, err := loadMessages()
	if err != nil {
		t.Fatal(err)
	}
	const taken = "app.user.save.username_exists.app_error"
	for _, tc := range []struct {
		name, accept, id string
		params           map[string]any
		want             string
	}{
		{name: "no preference is English", id: taken, want: "This username is taken. Please choose another one."},
		{name: "German", accept: "de", id: taken, want: "Dieser Benutzername ist vergeben. Bitte wählen Sie einen anderen."},
		{name: "German of Austria", accept: "de-AT,de;q=0.9,en;q=0.8", id: taken, want: "Dieser Benutzername ist vergeben. Bitte wählen Sie einen anderen."},
		{name: "the best of several", accept: "ja, fr;q=0.9, de;q=0.5", id: taken, want: "Ce nom d’utilisateur est pris. Veuillez en choisir un autre."},
		{name: "a language without messages", accept: "ja", id: taken, want: "This username is taken. Please choose another one."},
		{name: "a message that is not translated", accept: "de", id: "app.group.no_rows", want: "There is no such group."},
		{name: "a header that cannot be read", accept: "=;q=", id: taken, want: "This username is taken. Please choose another one."},
		{
			name: "a value in the message", accept: "de", id: "model.user.is_valid.pwd_min_length.app_error",
			params: map[string]any{"Min": 8}, want: "Das Passwort muss mindestens 8 Zeichen haben.",
		},
		{name: "an id without a message", id: "api.muster.none.app_error", want: "api.muster.none.app_error"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := m.text(tc.accept, tc.id, tc.params); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
