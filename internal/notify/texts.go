package notify

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	texttemplate "text/template"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"muster/internal/config"
	"muster/internal/model"
)

// One layout for every mail, as HTML and as text, and one catalogue for each language:
// <kind>.subject, .title, .text and, where there is a link, .button. A value that is a
// word of ours has its translation under <kind>.<word>.
//
//go:embed templates locales
var files embed.FS

type texts struct {
	bundle *i18n.Bundle
	locale []string // those there are texts in
	html   *template.Template
	text   *texttemplate.Template
}

func loadTexts() (*texts, error) {
	t := &texts{bundle: i18n.NewBundle(language.English)}
	entries, err := fs.ReadDir(files, "locales")
	if err != nil {
		return nil, fmt.Errorf("read mail texts: %w", err)
	}
	for _, e := range entries {
		if err := t.load(strings.TrimSuffix(e.Name(), ".json")); err != nil {
			return nil, fmt.Errorf("mail texts %s: %w", e.Name(), err)
		}
	}
	if t.html, err = template.ParseFS(files, "templates/mail.html"); err != nil {
		return nil, fmt.Errorf("mail layout: %w", err)
	}
	if t.text, err = texttemplate.ParseFS(files, "templates/mail.txt"); err != nil {
		return nil, fmt.Errorf("mail layout: %w", err)
	}
	return t, nil
}

func (t *texts) load(locale string) error {
	content, err := fs.ReadFile(files, path.Join("locales", locale+".json"))
	if err != nil {
		return err
	}
	tag, err := language.Parse(locale)
	if err != nil {
		return err
	}
	var entries map[string]string
	if err := json.Unmarshal(content, &entries); err != nil {
		return err
	}
	list := make([]*i18n.Message, 0, len(entries))
	for id, text := range entries {
		list = append(list, &i18n.Message{ID: id, Other: text})
	}
	t.locale = append(t.locale, locale)
	return t.bundle.AddMessages(tag, list...)
}

// Letter is a mail as its reader gets it.
type Letter struct {
	To      string
	Subject string
	Text    string
	HTML    string
}

// page is what the layout shows.
type page struct {
	Lang, Subject, Title, Button, Link string
	Paragraphs, Footer                 []string
}

// speaker says things in one language.
type speaker struct {
	localizer *i18n.Localizer
	values    map[string]string
	tag       language.Tag // of what was said last
}

func (s *speaker) say(id string) (string, error) {
	text, tag, err := s.localizer.LocalizeWithTag(&i18n.LocalizeConfig{MessageID: id, TemplateData: s.values})
	s.tag = tag
	return text, err
}

// write makes a mail in the reader's language, else the server's, else English.
func (t *texts) write(cfg *config.Config, mail model.Mail, link string) (*Letter, error) {
	s := &speaker{localizer: i18n.NewLocalizer(t.bundle, mail.Locale, cfg.LocalizationSettings.DefaultClientLocale), values: values(cfg, mail)}
	if word, err := s.say(mail.Kind + "." + s.values[model.MailMethod]); err == nil {
		s.values[model.MailMethod] = word
	}
	p := page{Link: link}
	var body, footer string
	for _, part := range []struct {
		id   string
		into *string
	}{{"footer", &footer}, {mail.Kind + ".subject", &p.Subject}, {mail.Kind + ".title", &p.Title}, {mail.Kind + ".text", &body}} {
		text, err := s.say(part.id)
		if err != nil {
			return nil, fmt.Errorf("text %s: %w", part.id, err)
		}
		*part.into = text
	}
	p.Paragraphs, p.Footer, p.Lang = paragraphs(body), strings.Split(footer, "\n"), s.tag.String()
	if organization := cfg.EmailSettings.FeedbackOrganization; organization != "" {
		p.Footer = append(p.Footer, organization)
	}
	if link != "" {
		button, err := s.say(mail.Kind + ".button")
		if err != nil {
			return nil, fmt.Errorf("text %s.button: %w", mail.Kind, err)
		}
		p.Button = button
	}
	return t.lay(mail.To, p)
}

// paragraphs splits a text at its ends of line; empty ones, such as of a message that was
// not written, are left out.
func paragraphs(text string) (out []string) {
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// lay puts the texts into the layout.
func (t *texts) lay(to string, p page) (*Letter, error) {
	var html, text bytes.Buffer
	if err := t.html.Execute(&html, p); err != nil {
		return nil, fmt.Errorf("write mail: %w", err)
	}
	if err := t.text.Execute(&text, p); err != nil {
		return nil, fmt.Errorf("write mail: %w", err)
	}
	return &Letter{To: to, Subject: p.Subject, Text: text.String(), HTML: html.String()}, nil
}

// values are what the text of a mail may mention.
func values(cfg *config.Config, mail model.Mail) map[string]string {
	out := map[string]string{"SiteName": cfg.TeamSettings.SiteName, "SiteURL": siteURL(cfg), "Email": mail.To}
	for name, value := range mail.Values {
		out[name] = value
	}
	return out
}
