package api

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// The catalogues: one file for each language, error id → text. {{.Name}} stands
// for a parameter of the fault.
//
//go:embed messages
var messageFiles embed.FS

// messages turns error ids into texts in the reader's language.
type messages struct {
	bundle *i18n.Bundle
}

func loadMessages() (*messages, error) {
	m := &messages{bundle: i18n.NewBundle(language.English)}
	entries, err := fs.ReadDir(messageFiles, "messages")
	if err != nil {
		return nil, fmt.Errorf("read message catalogues: %w", err)
	}
	for _, e := range entries {
		text, err := fs.ReadFile(messageFiles, path.Join("messages", e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read message catalogue: %w", err)
		}
		tag, err := language.Parse(strings.TrimSuffix(e.Name(), ".json"))
		if err != nil {
			return nil, fmt.Errorf("language of %s: %w", e.Name(), err)
		}
		var texts map[string]string
		if err := json.Unmarshal(text, &texts); err != nil {
			return nil, fmt.Errorf("read message catalogue %s: %w", e.Name(), err)
		}
		list := make([]*i18n.Message, 0, len(texts))
		for id, t := range texts {
			list = append(list, &i18n.Message{ID: id, Other: t})
		}
		if err := m.bundle.AddMessages(tag, list...); err != nil {
			return nil, fmt.Errorf("use message catalogue %s: %w", e.Name(), err)
		}
	}
	return m, nil
}

// text gives the message of an error id; an id without a text is its own message.
func (m *messages) text(acceptLanguage, id string, params map[string]any) string {
	text, err := i18n.NewLocalizer(m.bundle, acceptLanguage).Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: params})
	if err != nil && text == "" {
		return id
	}
	return text
}
