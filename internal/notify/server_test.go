package notify

import (
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"muster/internal/config"
	"muster/internal/fault"
	"muster/internal/model"
	"muster/internal/perm"
	"muster/internal/store"
	"muster/internal/testkit/smtp"
)

// lite is a mailer on SQLite, for tests about what happens beside the database.
func lite(t *testing.T, mails *smtp.Server) *desk {
	t.Helper()
	t.Parallel()
	return newDesk(t, openDatabase(t, store.SQLite), mails)
}

// nobodyThere is an address where no server listens.
func nobodyThere(t *testing.T) (host, port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host, port, err = net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return host, port
}

func notice(u *model.User) model.Mail {
	return model.Mail{Kind: model.MailDeactivated, UserID: u.ID, To: u.Email, Locale: u.Locale}
}

func TestServersAreReachedAsTheSettingsSay(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name      string
		server    smtp.Options
		settings  func(*config.EmailSettings)
		failure   string // empty: the mail comes
		encrypted bool
		signedIn  bool
	}{
		{name: "without protection", settings: func(*config.EmailSettings) {}},
		{name: "PLAIN means without protection", settings: func(e *config.EmailSettings) { e.ConnectionSecurity = "PLAIN" }},
		{
			name: "STARTTLS", server: smtp.Options{Security: smtp.STARTTLS}, encrypted: true,
			settings: func(e *config.EmailSettings) {
				e.ConnectionSecurity, e.SkipServerCertificateVerification = "STARTTLS", true
			},
		},
		{
			name: "TLS from the start", server: smtp.Options{Security: smtp.TLS}, encrypted: true,
			settings: func(e *config.EmailSettings) { e.ConnectionSecurity, e.SkipServerCertificateVerification = "TLS", true },
		},
		{
			name: "an account over STARTTLS", server: smtp.Options{Security: smtp.STARTTLS, Username: "u", Password: "p"}, encrypted: true, signedIn: true,
			settings: func(e *config.EmailSettings) {
				e.ConnectionSecurity, e.SkipServerCertificateVerification = "STARTTLS", true
				e.EnableSMTPAuth, e.SMTPUsername, e.SMTPPassword = true, "u", "p"
			},
		},
		{
			name: "an account over TLS", server: smtp.Options{Security: smtp.TLS, Username: "u", Password: "p"}, encrypted: true, signedIn: true,
			settings: func(e *config.EmailSettings) {
				e.ConnectionSecurity, e.SkipServerCertificateVerification = "TLS", true
				e.EnableSMTPAuth, e.SMTPUsername, e.SMTPPassword = true, "u", "p"
			},
		},
		{
			name: "a wrong password fails", server: smtp.Options{Security: smtp.TLS, Username: "u", Password: "p"}, failure: "535",
			settings: func(e *config.EmailSettings) {
				e.ConnectionSecurity, e.SkipServerCertificateVerification = "TLS", true
				e.EnableSMTPAuth, e.SMTPUsername, e.SMTPPassword = true, "u", "planted-password"
			},
		},
		{
			name: "a password is not sent in the clear", server: smtp.Options{Username: "u", Password: "planted-password"}, failure: "set EmailSettings.ConnectionSecurity",
			settings: func(e *config.EmailSettings) {
				e.EnableSMTPAuth, e.SMTPUsername, e.SMTPPassword = true, "u", "planted-password"
			},
		},
		{
			name: "an untrusted certificate fails", server: smtp.Options{Security: smtp.TLS}, failure: "certificate",
			settings: func(e *config.EmailSettings) { e.ConnectionSecurity = "TLS" },
		},
		{
			name: "an untrusted certificate fails after STARTTLS", server: smtp.Options{Security: smtp.STARTTLS}, failure: "certificate",
			settings: func(e *config.EmailSettings) { e.ConnectionSecurity = "STARTTLS" },
		},
		{
			name: "STARTTLS that is not offered fails", failure: "STARTTLS",
			settings: func(e *config.EmailSettings) { e.ConnectionSecurity = "STARTTLS" },
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			mails := smtp.Start(t, tc.server)
			d := lite(t, mails)
			tc.settings(&d.cfg.EmailSettings)
			j := d.job(notice(d.person("ada")))
			err := d.Send(t.Context(), j)
			list := mails.Mails("ada@example.com")
			switch {
			case tc.failure != "" && (err == nil || !strings.Contains(err.Error(), tc.failure) || len(list) > 0):
				t.Errorf("error %v and %d mails, want an error with %q", err, len(list), tc.failure)
			case tc.failure != "" && strings.Contains(err.Error(), "planted-password"):
				t.Errorf("the password stands in the error: %v", err)
			case tc.failure == "" && (err != nil || len(list) != 1 || list[0].Encrypted != tc.encrypted || list[0].SignedIn != tc.signedIn):
				t.Errorf("error %v, mails %+v", err, list)
			}
		})
	}
}

func TestWhatIsMissingIsSaidOnceAndNothingIsTriedAgain(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		settings func(*config.Config)
		says     string
	}{
		{"no server", func(c *config.Config) { c.EmailSettings.SMTPServer = "" }, "EmailSettings.SMTPServer is empty"},
		{"no port", func(c *config.Config) { c.EmailSettings.SMTPPort = "smtp" }, "EmailSettings.SMTPPort is not a port"},
		{"no sender", func(c *config.Config) { c.EmailSettings.FeedbackEmail = "" }, "EmailSettings.FeedbackEmail, the address of the sender, is empty"},
		{"no address of the site", func(c *config.Config) { c.ServiceSettings.SiteURL = "" }, "ServiceSettings.SiteURL, from which links are made, is empty"},
		{
			"several", func(c *config.Config) { c.EmailSettings.FeedbackEmail, c.ServiceSettings.SiteURL = "", "" },
			"EmailSettings.FeedbackEmail, the address of the sender, is empty; ServiceSettings.SiteURL, from which links are made, is empty",
		},
		{"a fresh server", func(c *config.Config) {
			c.EmailSettings = config.Defaults().EmailSettings
		}, "EmailSettings.SMTPServer and SMTPPort still name the default, where no mail server listens"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := lite(t, nil)
			d.cfg.EmailSettings.SMTPServer, d.cfg.EmailSettings.SMTPPort = nobodyThere(t)
			tc.settings(&d.cfg)
			u := d.person("ada")
			for range 3 {
				want(t, "outcome", d.send(model.Mail{Kind: model.MailPasswordReset, To: u.Email}), notSetUp)
			}
			if lines := d.log.lines(); len(lines) != 1 || !strings.Contains(lines[0], "level=WARN") || !strings.Contains(lines[0], tc.says) {
				t.Errorf("the log says %q, want one line with %q", lines, tc.says)
			}
		})
	}
}

func TestNoticesNeedNoAddressOfTheSite(t *testing.T) {
	mails := smtp.Start(t, smtp.Options{})
	d := lite(t, mails)
	d.cfg.ServiceSettings.SiteURL = ""
	want(t, "outcome", d.send(notice(d.person("ada"))), sent)
}

func TestServerThatIsAwayIsTriedAgainButNotByEveryMail(t *testing.T) {
	host, port := nobodyThere(t)
	d := lite(t, nil)
	d.cfg.EmailSettings.SMTPServer, d.cfg.EmailSettings.SMTPPort = host, port
	u := d.person("ada")
	reset := model.Mail{Kind: model.MailPasswordReset, To: u.Email}
	j := d.job(reset)
	if err := d.Send(t.Context(), j); err == nil || !strings.Contains(err.Error(), net.JoinHostPort(host, port)) {
		t.Fatalf("error %v, want one that names the server", err)
	}
	want(t, "the job keeps the address", j.Data["to"], u.Email)

	mails := smtp.StartAt(t, net.JoinHostPort(host, port), smtp.Options{})
	if err := d.Send(t.Context(), j); err == nil || mails.Connections() > 0 {
		t.Errorf("error %v after %d connections: the server was tried again at once", err, mails.Connections())
	}
	d.now = d.now.Add(outageRest + time.Second)
	if err := d.Send(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	want(t, "outcome", j.Data["outcome"], sent)
	want(t, "the next mail", d.send(notice(u)), sent)
}

func TestRepairedSettingsAreTriedAtOnce(t *testing.T) {
	mails := smtp.Start(t, smtp.Options{})
	d := lite(t, mails)
	good := d.cfg.EmailSettings
	d.cfg.EmailSettings.SMTPServer, d.cfg.EmailSettings.SMTPPort = nobodyThere(t)
	j := d.job(notice(d.person("ada")))
	if err := d.Send(t.Context(), j); err == nil {
		t.Fatal("a mail went to a server that is not there")
	}
	d.cfg.EmailSettings = good
	if err := d.Send(t.Context(), j); err != nil {
		t.Fatal(err)
	}
}

func TestServerThatIsAwayCostsNoLink(t *testing.T) {
	mails := smtp.Start(t, smtp.Options{})
	d := lite(t, mails)
	u := d.person("ada")
	reset := model.Mail{Kind: model.MailPasswordReset, To: u.Email}
	want(t, "outcome", d.send(reset), sent)
	secret := secretIn(t, mails.Wait(t, u.Email, 1).Link())
	d.cfg.EmailSettings.SMTPServer, d.cfg.EmailSettings.SMTPPort = nobodyThere(t)
	if err := d.Send(t.Context(), d.job(reset)); err == nil {
		t.Fatal("a mail went to a server that is not there")
	}
	if !d.opens(secret) {
		t.Error("a mail that did not go out made the link of the last one useless")
	}
}

func TestRefusedMailIsTriedAgainOnlyIfThatCanHelp(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		stage string
		code  int
		again bool
	}{
		{"a receiver that does not exist", "to", 550, false},
		{"a receiver that is busy", "to", 450, true},
		{"a sender that is not allowed", "from", 553, false},
		{"a text that is taken for spam", "data", 554, false},
		{"a text that is looked at later", "data", 451, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			mails := smtp.Start(t, smtp.Options{Refuse: func(stage, text string) error {
				if stage == tc.stage {
					return smtp.Refusal(tc.code, "refused because of "+strings.ReplaceAll(text, "\r\n", " "))
				}
				return nil
			}})
			d := lite(t, mails)
			u := d.person("ada")
			j := d.job(model.Mail{Kind: model.MailPasswordReset, To: u.Email})
			err := d.Send(t.Context(), j)
			said := strings.Join(d.log.lines(), "\n") + " " + j.Data["outcome"]
			if err != nil {
				said += err.Error()
			}
			if (err != nil) != tc.again || strings.Contains(said, "reset_password_complete") || strings.Contains(said, "?token") {
				t.Errorf("error %v, said %s", err, said)
			}
			if !tc.again && !strings.HasPrefix(j.Data["outcome"], "not sent: the mail server refused the mail") {
				t.Errorf("outcome %q", j.Data["outcome"])
			}
			if tc.again && j.Data["to"] != u.Email {
				t.Errorf("the job forgot what to try again: %v", j.Data)
			}
		})
	}
}

func TestTriesOfOneMailCountOnce(t *testing.T) {
	var busy atomic.Bool
	busy.Store(true)
	mails := smtp.Start(t, smtp.Options{Refuse: func(stage, _ string) error {
		if stage == "to" && busy.Load() {
			return smtp.Refusal(450, "later")
		}
		return nil
	}})
	d := lite(t, mails)
	j := d.job(model.Mail{Kind: model.MailPasswordReset, To: d.person("ada").Email})
	for range 2 * int(linkRate.Most) {
		if err := d.Send(t.Context(), j); err == nil {
			t.Fatal("a busy server took the mail")
		}
	}
	busy.Store(false)
	if err := d.Send(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	want(t, "outcome", j.Data["outcome"], sent)
}

func TestSecretsStandInNoLog(t *testing.T) {
	t.Parallel()
	mails := smtp.Start(t, smtp.Options{})
	onEach(t, mails, func(t *testing.T, d *desk) {
		d.cfg.EmailSettings.SMTPPassword = "planted-password"
		u := d.person("ada" + d.DB.Driver())
		var secrets []string
		for n, kind := range []string{model.MailPasswordReset, model.MailVerifyEmail} {
			want(t, "outcome", d.send(model.Mail{Kind: kind, To: u.Email}), sent)
			secrets = append(secrets, secretIn(t, mails.Wait(t, u.Email, n+1).Link()))
		}
		for range int(linkRate.Most) {
			d.send(model.Mail{Kind: model.MailPasswordReset, To: u.Email})
		}
		d.cfg.ServiceSettings.SiteURL = ""
		d.send(model.Mail{Kind: model.MailPasswordReset, To: u.Email})
		text := strings.Join(d.log.lines(), "\n")
		for _, secret := range append(secrets, "planted-password", u.Email) {
			if strings.Contains(text, secret) {
				t.Errorf("the log holds %q:\n%s", secret, text)
			}
		}
		if !strings.Contains(text, "too many") || !strings.Contains(text, "SiteURL") {
			t.Errorf("the log is not the one that was to be searched:\n%s", text)
		}
	})
}

func TestTestMailIsForWhoMaySendItAndSaysWhy(t *testing.T) {
	t.Parallel()
	mails := smtp.Start(t, smtp.Options{Security: smtp.TLS, Username: "u", Password: "planted-password"})
	onEach(t, mails, func(t *testing.T, d *desk) {
		e := &d.cfg.EmailSettings
		e.ConnectionSecurity, e.SkipServerCertificateVerification = "TLS", true
		e.EnableSMTPAuth, e.SMTPUsername, e.SMTPPassword = true, "u", "planted-password"
		u := d.person("ada" + d.DB.Driver())
		admin := perm.Actor{UserID: u.ID, Local: true}
		tried := func(change func(*config.Config)) *config.Config {
			c := d.cfg
			change(&c)
			return &c
		}
		elsewhere := tried(func(c *config.Config) { c.EmailSettings.SMTPPort = "1" })
		for _, tc := range []struct {
			name  string
			actor perm.Actor
			trial Trial
			want  string
		}{
			{"nobody may not", perm.Actor{}, Trial{Config: &d.cfg}, "api.context.permissions.app_error"},
			{"an account without the permission may not", perm.Actor{UserID: u.ID}, Trial{Config: &d.cfg}, "api.context.permissions.app_error"},
			{"an administrator may", admin, Trial{Config: &d.cfg}, ""},
			{
				"settings without a server name what is missing", admin,
				Trial{Config: tried(func(c *config.Config) { c.EmailSettings.SMTPServer = "" })},
				"api.admin.test_email.missing_server",
			},
			{"a server that does not answer is a failure", admin, Trial{Config: elsewhere, PasswordGiven: true}, "api.admin.test_email.failure"},
			{"a stored password does not go to another port", admin, Trial{Config: elsewhere}, "api.admin.test_email.reenter_password"},
			{"nor to another host", admin, Trial{Config: tried(func(c *config.Config) { c.EmailSettings.SMTPServer = "example.com" })}, "api.admin.test_email.reenter_password"},
			{"nor under another name", admin, Trial{Config: tried(func(c *config.Config) { c.EmailSettings.SMTPUsername = "v" })}, "api.admin.test_email.reenter_password"},
			{"nor with less protection", admin, Trial{Config: tried(func(c *config.Config) { c.EmailSettings.ConnectionSecurity = "" })}, "api.admin.test_email.reenter_password"},
			{
				"without signing in no password goes anywhere", admin,
				Trial{Config: tried(func(c *config.Config) { c.EmailSettings.SMTPPort, c.EmailSettings.EnableSMTPAuth = "1", false })},
				"api.admin.test_email.failure",
			},
		} {
			got := ""
			if f := fault.As(d.TestEmail(t.Context(), tc.actor, tc.trial)); f != nil {
				got = f.ID
			}
			want(t, tc.name, got, tc.want)
		}
		if list := mails.Mails(u.Email); len(list) != 1 || list[0].Subject != "[Mattermost] Testmail" {
			t.Errorf("%d test mails", len(list))
		}
	})
}
