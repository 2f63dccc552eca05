package config

import (
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/language"
)

const (
	maxSessionHours  = 100 * 365 * 24
	maxSiteName      = 30 // characters
	passwordShortest = 5  // bytes, the least that may be demanded
	passwordLongest  = 72 // bytes
)

// checker collects what is wrong.
type checker struct{ problems Problems }

// want records a problem unless the condition holds.
func (c *checker) want(ok bool, key, id, text string) {
	if !ok {
		c.problems = append(c.problems, Problem{Key: key, ID: id, Text: text})
	}
}

// atLeast wants a number that is not below the least.
func (c *checker) atLeast(least, value int64, key, id string) {
	c.want(value >= least, key, id, "must be "+strconv.FormatInt(least, 10)+" or more")
}

// oneOf wants one of a few words.
func (c *checker) oneOf(value, key, id string, words ...string) {
	c.want(slices.Contains(words, value), key, id, "must be one of "+strings.Join(quoted(words), ", "))
}

func quoted(words []string) []string {
	out := make([]string, 0, len(words))
	for _, w := range words {
		out = append(out, strconv.Quote(w))
	}
	return out
}

// Validate tells everything that is wrong with the configuration, as Problems.
// What Load and Merge give has passed.
func (cfg *Config) Validate() error { return check(cfg).errorOrNil() }

func check(cfg *Config) Problems {
	c := &checker{}
	c.secrets(cfg)
	c.service(&cfg.ServiceSettings)
	c.sessions(cfg)
	c.threads(&cfg.ServiceSettings)
	c.team(&cfg.TeamSettings)
	c.email(&cfg.EmailSettings)
	c.passwords(&cfg.PasswordSettings)
	c.rates(&cfg.RateLimitSettings)
	c.guests(&cfg.GuestAccountsSettings)
	c.ldap(&cfg.LdapSettings)
	c.saml(&cfg.SamlSettings)
	c.intune(cfg)
	c.files(&cfg.FileSettings)
	c.languages(&cfg.LocalizationSettings)
	c.support(&cfg.SupportSettings)
	c.retention(&cfg.DataRetentionSettings)
	c.machine(cfg)
	c.audit(&cfg.ExperimentalAuditSettings, &cfg.MusterSettings)
	c.muster(&cfg.MusterSettings)
	return c.problems
}

// secrets refuses the mask as a value: it comes from an answer of the API that
// was saved as a file, and would lock the server out of what it protects.
func (c *checker) secrets(cfg *Config) {
	for _, f := range keys().fields {
		if f.secret {
			c.want(f.in(cfg).String() != mask, f.name(), invalid("masked"), "is the mask, not the secret behind it")
		}
	}
}

func (c *checker) service(s *ServiceSettings) {
	c.want(s.SiteURL == "" || isWebURL(s.SiteURL), "ServiceSettings.SiteURL", invalid("site_url"),
		"must begin with http:// or https:// and a host, without query and fragment")
	c.want(isListenAddress(s.ListenAddress), "ServiceSettings.ListenAddress", invalid("listen_address"),
		"must be a host and a port, such as 127.0.0.1:8065")
	c.atLeast(1, int64(s.MaximumLoginAttempts), "ServiceSettings.MaximumLoginAttempts", invalid("login_attempts"))
	for _, pattern := range s.DCRRedirectURIAllowlist {
		c.want(isURLPattern(pattern), "ServiceSettings.DCRRedirectURIAllowlist", invalid("dcr_redirect_uri_allowlist"),
			"must hold absolute addresses, * and ** allowed; "+strconv.Quote(pattern)+" is none")
	}
	c.want(!s.AllowCookiesForSubdomains || s.SiteURL != "", "ServiceSettings.AllowCookiesForSubdomains",
		invalid("allow_cookies_for_subdomains"), "needs ServiceSettings.SiteURL")
	c.want(!s.EnableLocalMode || isFolder(filepath.Dir(s.LocalModeSocketLocation)), "ServiceSettings.LocalModeSocketLocation",
		invalid("local_mode_socket"), "must lie in a folder that exists")
	c.atLeast(1, int64(s.MaximumPayloadSizeBytes), "ServiceSettings.MaximumPayloadSizeBytes", invalid("max_payload_size"))
	c.atLeast(1, int64(s.MaximumURLLength), "ServiceSettings.MaximumURLLength", invalid("max_url_length"))
	c.atLeast(0, int64(s.TLSStrictTransportMaxAge), "ServiceSettings.TLSStrictTransportMaxAge", invalid("tls_max_age"))
	c.want(s.WebsocketURL == "" || isURL(s.WebsocketURL, "ws", "wss"), "ServiceSettings.WebsocketURL",
		invalid("websocket_url"), "must begin with ws:// or wss:// and a host")
	c.atLeast(1000, int64(s.TimeBetweenUserTypingUpdatesMilliseconds),
		"ServiceSettings.TimeBetweenUserTypingUpdatesMilliseconds", invalid("time_between_user_typing"))
	c.atLeast(-1, int64(s.PostEditTimeLimit), "ServiceSettings.PostEditTimeLimit", invalid("post_edit_time_limit"))
	c.atLeast(0, int64(s.UniqueEmojiReactionLimitPerPost), "ServiceSettings.UniqueEmojiReactionLimitPerPost",
		invalid("unique_emoji_reaction_limit"))
	c.atLeast(2, int64(s.MinimumHashtagLength), "ServiceSettings.MinimumHashtagLength", invalid("minimum_hashtag_length"))
}

func (c *checker) sessions(cfg *Config) {
	for _, s := range sessionLengths(cfg) {
		c.want(*s.days.value >= 1 && *s.days.value <= maxSessionHours/24, s.days.name, invalid("session_length"),
			"must be at least 1 and at most 100 years")
		c.want(*s.hours.value >= 1 && *s.hours.value <= maxSessionHours, s.hours.name, invalid("session_length"),
			"must be at least 1 and at most 100 years")
	}
	c.atLeast(0, int64(cfg.ServiceSettings.SessionCacheInMinutes), "ServiceSettings.SessionCacheInMinutes", invalid("session_cache"))
	c.atLeast(0, int64(cfg.ServiceSettings.SessionIdleTimeoutInMinutes), "ServiceSettings.SessionIdleTimeoutInMinutes",
		invalid("session_idle_timeout"))
}

func (c *checker) threads(s *ServiceSettings) {
	c.oneOf(s.CollapsedThreads, "ServiceSettings.CollapsedThreads", invalid("collapsed_threads"),
		"disabled", "default_off", "default_on", "always_on")
	c.want(s.CollapsedThreads == "disabled" || s.ThreadAutoFollow, "ServiceSettings.ThreadAutoFollow",
		invalid("collapsed_threads.autofollow"), "must be on unless CollapsedThreads is disabled")
}

func (c *checker) team(s *TeamSettings) {
	c.want(utf8.RuneCountInString(s.SiteName) <= maxSiteName, "TeamSettings.SiteName", invalid("sitename_length"),
		"must not be longer than 30 characters")
	c.atLeast(1, int64(s.MaxUsersPerTeam), "TeamSettings.MaxUsersPerTeam", invalid("max_users"))
	c.atLeast(1, int64(s.MaxChannelsPerTeam), "TeamSettings.MaxChannelsPerTeam", invalid("max_channels"))
	c.atLeast(1, int64(s.MaxNotificationsPerChannel), "TeamSettings.MaxNotificationsPerChannel", invalid("max_notify_per_channel"))
	c.atLeast(1, int64(s.UserStatusAwayTimeout), "TeamSettings.UserStatusAwayTimeout", invalid("user_status_away_timeout"))
	c.oneOf(s.TeammateNameDisplay, "TeamSettings.TeammateNameDisplay", invalid("teammate_name_display"),
		"username", "full_name", "nickname_full_name")
	c.oneOf(s.RestrictDirectMessage, "TeamSettings.RestrictDirectMessage", invalid("restrict_direct_message"), "any", "team")
}

func (c *checker) email(s *EmailSettings) {
	c.oneOf(s.ConnectionSecurity, "EmailSettings.ConnectionSecurity", invalid("email_security"), "", "TLS", "STARTTLS", "PLAIN")
	c.oneOf(s.EmailNotificationContentsType, "EmailSettings.EmailNotificationContentsType",
		invalid("email_notification_contents_type"), "full", "generic")
	c.atLeast(1, int64(s.SMTPServerTimeout), "EmailSettings.SMTPServerTimeout", invalid("smtp_timeout"))
	c.want(s.PushNotificationServer == "" || isWebURL(s.PushNotificationServer), "EmailSettings.PushNotificationServer",
		invalid("push_notification_server"), "must begin with http:// or https:// and a host")
}

func (c *checker) passwords(s *PasswordSettings) {
	c.want(s.MinimumLength >= passwordShortest && s.MinimumLength <= passwordLongest,
		"PasswordSettings.MinimumLength", invalid("password_length"), "must be 5 to 72")
}

func (c *checker) rates(s *RateLimitSettings) {
	c.atLeast(1, int64(s.MemoryStoreSize), "RateLimitSettings.MemoryStoreSize", invalid("rate_mem"))
	c.atLeast(1, int64(s.PerSec), "RateLimitSettings.PerSec", invalid("rate_sec"))
	c.atLeast(1, int64(s.MaxBurst), "RateLimitSettings.MaxBurst", invalid("max_burst"))
}

func (c *checker) languages(s *LocalizationSettings) {
	available := strings.FieldsFunc(s.AvailableLocales, func(r rune) bool { return r == ',' || r == ' ' })
	c.want(isLanguage(s.DefaultServerLocale), "LocalizationSettings.DefaultServerLocale",
		invalid("localization.default_server_locale"), "must be a language, such as en or pt-BR")
	c.want(isLanguage(s.DefaultClientLocale), "LocalizationSettings.DefaultClientLocale",
		invalid("localization.default_client_locale"), "must be a language, such as en or pt-BR")
	for _, one := range available {
		c.want(isLanguage(one), "LocalizationSettings.AvailableLocales", invalid("localization.available_locales"),
			"must hold languages; "+strconv.Quote(one)+" is none")
	}
	c.want(len(available) == 0 || slices.Contains(available, s.DefaultClientLocale), "LocalizationSettings.AvailableLocales",
		invalid("localization.available_locales"), "must hold the DefaultClientLocale")
}

func isLanguage(s string) bool {
	_, err := language.Parse(s)
	return err == nil
}

func isWebURL(s string) bool { return isURL(s, "http", "https") }

func isURL(s string, schemes ...string) bool {
	u, err := url.Parse(s)
	return err == nil && slices.Contains(schemes, u.Scheme) && u.Hostname() != "" && u.User == nil &&
		u.RawQuery == "" && !u.ForceQuery && u.Fragment == ""
}

// isURLPattern tells whether a pattern is an absolute address once its stars are
// filled in; a digit fits hosts, ports and paths, and no scheme begins with one.
func isURLPattern(s string) bool {
	u, err := url.Parse(strings.ReplaceAll(s, "*", "0"))
	return err == nil && u.Scheme != "" && u.Host != "" && u.Fragment == ""
}

func isListenAddress(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n <= 65535
}

func isNetwork(s string) bool {
	if _, err := netip.ParsePrefix(s); err == nil {
		return true
	}
	_, err := netip.ParseAddr(s)
	return err == nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
