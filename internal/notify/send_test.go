package notify

import (
	"strings"
	"testing"
	"time"

	"muster/internal/model"
	"muster/internal/testkit/smtp"
)

func TestMailComesAsTextAndPageFromTheSite(t *testing.T) {
	t.Parallel()
	mails := smtp.Start(t, smtp.Options{})
	onEach(t, mails, func(t *testing.T, d *desk) {
		d.cfg.TeamSettings.SiteName, d.cfg.EmailSettings.FeedbackName, d.cfg.EmailSettings.ReplyToAddress = "Größe", "Müster", "help@example.com"
		u := d.person("ada" + d.DB.Driver())
		want(t, "outcome", d.send(model.Mail{Kind: model.MailPasswordReset, To: u.Email}), sent)
		m := mails.Wait(t, u.Email, 1)
		want(t, "subject", m.Subject, "[Größe] Neues Passwort wählen")
		want(t, "envelope", m.From+" "+strings.Join(m.To, " "), "muster@example.com "+u.Email)
		want(t, "sender", m.Header.Get("From"), `=?utf-8?q?M=C3=BCster?= <muster@example.com>`)
		want(t, "answers go to", m.Header.Get("Reply-To"), "<help@example.com>")
		want(t, "machines are told", m.Header.Get("Auto-Submitted"), "auto-generated")
		want(t, "program", m.Header.Get("User-Agent")+m.Header.Get("X-Mailer"), "")
		want(t, "greeting", m.Hello, "chat.example.com")
		want(t, "date", m.Header.Get("Date"), d.now.Format(time.RFC1123Z))
		if id := m.Header.Get("Message-ID"); !strings.HasSuffix(id, "@chat.example.com>") {
			t.Errorf("message id %s does not name the site", id)
		}
		if !strings.HasPrefix(m.Link(), resetLink) || !strings.Contains(m.HTML, `<a href="`+m.Link()+`"`) {
			t.Errorf("link %q, page:\n%s", m.Link(), m.HTML)
		}
		if !d.opens(secretIn(t, m.Link())) {
			t.Error("the link opens nothing")
		}
	})
}

func TestEachLinkHasItsForm(t *testing.T) {
	t.Parallel()
	mails := smtp.Start(t, smtp.Options{})
	onEach(t, mails, func(t *testing.T, d *desk) {
		n := d.DB.Driver()
		u := d.person("a+b"+n, func(u *model.User) { u.Email = "a+b" + n + "@example.com" })
		const site = "https://chat.example.com/sub"
		for _, tc := range []struct {
			mail   model.Mail
			to     string
			before string
			after  string
		}{
			{
				model.Mail{Kind: model.MailVerifyEmail, To: u.Username, Values: map[string]string{model.MailRedirectTo: "/team/a b"}},
				u.Email,
				site + "/do_verify_email?token=", "&email=a%2Bb" + n + "%40example.com&redirect_to=%2Fteam%2Fa+b",
			},
			{model.Mail{Kind: model.MailWelcomeVerify, UserID: u.ID, To: u.Email}, u.Email, site + "/do_verify_email?token=", "&email=a%2Bb" + n + "%40example.com"},
			{
				model.Mail{Kind: model.MailEmailChange, UserID: u.ID, To: "new" + n + "@example.com"},
				"new" + n + "@example.com",
				site + "/do_verify_email?token=", "&email=new" + n + "%40example.com",
			},
		} {
			before := len(mails.Mails(tc.to))
			want(t, tc.mail.Kind, d.send(tc.mail), sent)
			link := mails.Wait(t, tc.to, before+1).Link()
			secret := secretIn(t, link)
			want(t, "link of "+tc.mail.Kind, link, tc.before+secret+tc.after)
			token, err := d.DB.Token(t.Context(), model.HashToken(secret))
			if err != nil || token.UserID != u.ID || token.Extra[model.TokenEmail] != tc.to || token.Extra[model.TokenWas] != u.Email {
				t.Errorf("token of %s is %+v, error %v", tc.mail.Kind, token, err)
			}
		}
		want(t, "greeting", d.send(model.Mail{Kind: model.MailWelcome, UserID: u.ID, To: "w" + u.Email}), sent)
		if m := mails.Wait(t, "w"+u.Email, 1); !strings.Contains(m.HTML, `<a href="`+site+`"`) || m.Link() != "" {
			t.Errorf("a welcome without secret has the link %q", m.Link())
		}
	})
}

func TestNewLinkMakesOlderOnesUseless(t *testing.T) {
	t.Parallel()
	mails := smtp.Start(t, smtp.Options{})
	onEach(t, mails, func(t *testing.T, d *desk) {
		u := d.person("ada" + d.DB.Driver())
		var secrets []string
		for n := range 2 {
			want(t, "outcome", d.send(model.Mail{Kind: model.MailPasswordReset, To: u.Email}), sent)
			secrets = append(secrets, secretIn(t, mails.Wait(t, u.Email, n+1).Link()))
		}
		want(t, "verification", d.send(model.Mail{Kind: model.MailVerifyEmail, To: u.Email}), sent)
		if d.opens(secrets[0]) || !d.opens(secrets[1]) {
			t.Error("not exactly the newest link opens")
		}
	})
}

func TestMailThatComesLateSparesNewerLinks(t *testing.T) {
	t.Parallel()
	mails := smtp.Start(t, smtp.Options{})
	onEach(t, mails, func(t *testing.T, d *desk) {
		n := d.DB.Driver()
		u := d.person("ada" + n)
		late := []model.Mail{
			{Kind: model.MailPasswordReset, To: u.Email},
			{Kind: model.MailVerifyEmail, To: u.Email},
			{Kind: model.MailWelcomeVerify, UserID: u.ID, To: u.Email},
		}
		var jobs []*model.Job
		for _, m := range late {
			jobs = append(jobs, d.job(m))
		}
		d.now = d.now.Add(time.Second)
		reset := model.Mail{Kind: model.MailPasswordReset, To: u.Email}
		want(t, "the newer reset", d.send(reset), sent)
		newer := secretIn(t, mails.Wait(t, u.Email, 1).Link())
		want(t, "the change of address", d.send(model.Mail{Kind: model.MailEmailChange, UserID: u.ID, To: "new" + n + "@example.com"}), sent)
		change := secretIn(t, mails.Wait(t, "new"+n+"@example.com", 1).Link())
		for i, outcome := range []string{unneeded, sent, sent} {
			if err := d.Send(t.Context(), jobs[i]); err != nil {
				t.Fatal(err)
			}
			want(t, "late "+late[i].Kind, jobs[i].Data["outcome"], outcome)
		}
		welcome := secretIn(t, mails.Wait(t, u.Email, 3).Link())
		if !d.opens(newer) || !d.opens(change) || !d.opens(welcome) {
			t.Error("a late mail made a newer link useless")
		}
		want(t, "one more change of address", d.send(model.Mail{Kind: model.MailEmailChange, UserID: u.ID, To: "newest" + n + "@example.com"}), sent)
		if d.opens(change) || d.opens(welcome) {
			t.Error("a link outlived one that was asked for later")
		}
	})
}

func TestMailThatNobodyNeedsIsNotSent(t *testing.T) {
	t.Parallel()
	mails := smtp.Start(t, smtp.Options{})
	data := "x"
	onEach(t, mails, func(t *testing.T, d *desk) {
		n := d.DB.Driver()
		d.person("sso"+n, func(u *model.User) { u.AuthService, u.AuthData = model.AuthGitLab, &data })
		d.person("magic"+n, func(u *model.User) { u.AuthService = model.AuthMagicLink })
		d.person("bot"+n, func(u *model.User) { u.IsBot = true })
		d.person("gone"+n, func(u *model.User) { u.DeleteAt = 5 })
		changed := d.person("changed"+n, func(u *model.User) { u.LastPasswordUpdate = d.now.UnixMilli() + 1 })
		done := d.person("done"+n, func(u *model.User) { u.EmailVerified = true })
		for _, m := range []model.Mail{
			{Kind: model.MailPasswordReset, To: "nobody" + n + "@example.com"},
			{Kind: model.MailPasswordReset, To: "sso" + n + "@example.com"},
			{Kind: model.MailPasswordReset, To: "magic" + n + "@example.com"},
			{Kind: model.MailPasswordReset, To: "bot" + n + "@example.com"},
			{Kind: model.MailPasswordReset, To: "gone" + n + "@example.com"},
			{Kind: model.MailPasswordReset, To: changed.Email},
			{Kind: model.MailPasswordReset, To: done.Username}, // an address is wanted, not a name
			{Kind: model.MailVerifyEmail, To: "nobody" + n + "@example.com"},
			{Kind: model.MailVerifyEmail, To: "gone" + n + "@example.com"},
			{Kind: model.MailVerifyEmail, To: done.Email},
			{Kind: model.MailWelcomeVerify, UserID: done.ID, To: done.Email},
			{Kind: model.MailWelcomeVerify, UserID: changed.ID, To: "former" + n + "@example.com"},
			{Kind: model.MailEmailChange, UserID: changed.ID, To: "other" + n + "@example.com"},
			{Kind: model.MailEmailChange, UserID: done.ID, To: done.Email},
			{Kind: model.MailEmailChange, UserID: model.NewID(), To: "other" + n + "@example.com"},
		} {
			want(t, m.Kind+" to "+m.To, d.send(m), unneeded)
		}
		d.cfg.EmailSettings.EnableSignInWithEmail = false
		want(t, "verification by an address that is no login id", d.send(model.Mail{Kind: model.MailVerifyEmail, To: changed.Email}), unneeded)
		for _, m := range mails.Mails("") {
			if strings.Contains(m.To[0], n) {
				t.Errorf("a mail went to %s: %s", m.To, m.Subject)
			}
		}
	})
}

func TestOnlyFiveMailsWithALinkGoOutInAnHour(t *testing.T) {
	t.Parallel()
	mails := smtp.Start(t, smtp.Options{})
	onEach(t, mails, func(t *testing.T, d *desk) {
		n := d.DB.Driver()
		u := d.person("ada" + n)
		other := newDesk(t, d.DB, mails) // another node on the same database
		reset := model.Mail{Kind: model.MailPasswordReset, To: u.Email}
		for range 3 {
			want(t, "by one node", d.send(reset), sent)
		}
		for range 2 {
			want(t, "by the other", other.send(reset), sent)
		}
		last := secretIn(t, mails.Wait(t, u.Email, 5).Link())
		want(t, "the sixth", other.send(reset), tooMany)
		want(t, "the sixth, for another purpose", d.send(model.Mail{Kind: model.MailVerifyEmail, To: u.Email}), tooMany)
		want(t, "a new address", d.send(model.Mail{Kind: model.MailEmailChange, UserID: u.ID, To: "fresh" + n + "@example.com"}), tooMany)
		if !d.opens(last) {
			t.Error("a mail that was not sent made the last link useless")
		}
		want(t, "a notice", d.send(model.Mail{Kind: model.MailPasswordChanged, UserID: u.ID, To: u.Email, Values: map[string]string{model.MailMethod: "link"}}), sent)

		d.now = d.now.Add(time.Hour + time.Minute)
		want(t, "an hour later", d.send(reset), sent)
	})
}

func TestOneAddressIsNotFloodedThroughManyAccounts(t *testing.T) {
	t.Parallel()
	mails := smtp.Start(t, smtp.Options{})
	onEach(t, mails, func(t *testing.T, d *desk) {
		victim := "victim" + d.DB.Driver() + "@example.com"
		for i := range int(linkRate.Most) + 1 {
			u := d.person("eve" + d.DB.Driver() + string(rune('a'+i)))
			outcome := sent
			if i == int(linkRate.Most) {
				outcome = tooMany
			}
			want(t, "change of address", d.send(model.Mail{Kind: model.MailEmailChange, UserID: u.ID, To: victim}), outcome)
		}
	})
}

func TestFinishedJobsHoldNoAddress(t *testing.T) {
	t.Parallel()
	mails := smtp.Start(t, smtp.Options{})
	onEach(t, mails, func(t *testing.T, d *desk) {
		u := d.person("ada" + d.DB.Driver())
		for _, to := range []string{u.Email, "nobody@example.com"} {
			j := d.job(model.Mail{Kind: model.MailPasswordReset, To: to})
			if err := d.Send(t.Context(), j); err != nil {
				t.Fatal(err)
			}
			if len(j.Data) != 2 || j.Data["kind"] != model.MailPasswordReset || j.Data["outcome"] == "" {
				t.Errorf("the job keeps %v", j.Data)
			}
		}
	})
}
