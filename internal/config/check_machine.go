package config

import (
	"net/url"
	"strconv"
	"strings"
)

func (c *checker) files(s *FileSettings) {
	c.oneOf(s.DriverName, "FileSettings.DriverName", invalid("file_driver"), "", "local", "amazons3")
	c.atLeast(1, s.MaxFileSize, "FileSettings.MaxFileSize", invalid("max_file_size"))
	c.atLeast(1, s.MaxImageResolution, "FileSettings.MaxImageResolution", invalid("max_image_resolution"))
	if s.DriverName == "amazons3" {
		c.want(s.AmazonS3Bucket != "", "FileSettings.AmazonS3Bucket", invalid("s3_bucket"), "is needed for amazons3")
		c.want(s.AmazonS3Endpoint != "", "FileSettings.AmazonS3Endpoint", invalid("s3_endpoint"), "is needed for amazons3")
	}
}

func (c *checker) support(s *SupportSettings) {
	c.atLeast(1, int64(s.CustomTermsOfServiceReAcceptancePeriod), "SupportSettings.CustomTermsOfServiceReAcceptancePeriod",
		invalid("custom_terms_of_service_re_acceptance_period"))
	c.oneOf(s.ReportAProblemType, "SupportSettings.ReportAProblemType", invalid("report_a_problem_type"),
		"link", "email", "default", "hidden")
}

func (c *checker) retention(s *DataRetentionSettings) {
	c.atLeast(1, int64(s.MessageRetentionHours), "DataRetentionSettings.MessageRetentionHours",
		invalid("data_retention.message_retention_hours"))
	c.atLeast(1, int64(s.FileRetentionHours), "DataRetentionSettings.FileRetentionHours",
		invalid("data_retention.file_retention_hours"))
}

// machine checks what a node needs to run: database, logs, figures.
func (c *checker) machine(cfg *Config) {
	sql, logs := &cfg.SqlSettings, &cfg.LogSettings
	c.oneOf(sql.DriverName, "SqlSettings.DriverName", invalid("sql_driver"), "sqlite", "postgres")
	c.want(sql.DriverName != "postgres" || sql.DataSource != "", "SqlSettings.DataSource", invalid("sql_data_src"),
		"is needed for postgres")
	c.atLeast(1, int64(sql.MaxOpenConns), "SqlSettings.MaxOpenConns", invalid("sql_max_conn"))
	c.atLeast(0, int64(sql.MaxIdleConns), "SqlSettings.MaxIdleConns", invalid("sql_idle"))
	c.atLeast(0, int64(sql.ConnMaxLifetimeMilliseconds), "SqlSettings.ConnMaxLifetimeMilliseconds",
		invalid("sql_conn_max_lifetime_milliseconds"))
	c.atLeast(0, int64(sql.ConnMaxIdleTimeMilliseconds), "SqlSettings.ConnMaxIdleTimeMilliseconds",
		invalid("sql_conn_max_idle_time_milliseconds"))
	levels := []string{"DEBUG", "INFO", "WARN", "ERROR"}
	c.oneOf(strings.ToUpper(logs.ConsoleLevel), "LogSettings.ConsoleLevel", invalid("log_level"), levels...)
	c.oneOf(strings.ToUpper(logs.FileLevel), "LogSettings.FileLevel", invalid("log_level"), levels...)
	c.want(isListenAddress(cfg.MetricsSettings.ListenAddress), "MetricsSettings.ListenAddress", invalid("metrics_listen_address"),
		"must be a host and a port, such as :8067")
	c.atLeast(0, int64(cfg.ExperimentalSettings.UsersStatusAndProfileFetchingPollIntervalMilliseconds),
		"ExperimentalSettings.UsersStatusAndProfileFetchingPollIntervalMilliseconds", invalid("poll_interval"))
	c.atLeast(0, int64(cfg.DisplaySettings.MaxMarkdownNodes), "DisplaySettings.MaxMarkdownNodes", invalid("max_markdown_nodes"))
}

func (c *checker) audit(s *ExperimentalAuditSettings, m *MusterSettings) {
	const section = "ExperimentalAuditSettings."
	c.atLeast(1, int64(s.FileMaxSizeMB), section+"FileMaxSizeMB", invalid("audit.file_max_size"))
	c.atLeast(0, int64(s.FileMaxAgeDays), section+"FileMaxAgeDays", invalid("audit.file_max_age"))
	c.atLeast(0, int64(s.FileMaxBackups), section+"FileMaxBackups", invalid("audit.file_max_backups"))
	c.atLeast(1, int64(s.FileMaxQueueSize), section+"FileMaxQueueSize", invalid("audit.file_max_queue_size"))
	c.atLeast(0, int64(m.AuditDatabaseDays), "MusterSettings.AuditDatabaseDays", invalid("muster.audit_database_days"))
	c.atLeast(1, int64(m.AuditDatabaseQueueSize), "MusterSettings.AuditDatabaseQueueSize", invalid("muster.audit_database_queue_size"))
}

func (c *checker) muster(s *MusterSettings) {
	c.want(s.DataDirectory != "", "MusterSettings.DataDirectory", invalid("muster.data_directory"), "must not be empty")
	c.want(s.NatsURL == "" || isNatsURL(s.NatsURL.Reveal()), "MusterSettings.NatsURL", invalid("muster.nats_url"),
		"must begin with nats:// or tls:// and a host")
	// Below these figures a stolen table of passwords is no longer expensive to
	// search; above them one sign-in takes the machine down.
	c.want(s.Argon2MemoryKiB >= 7168 && s.Argon2MemoryKiB <= 1<<20, "MusterSettings.Argon2MemoryKiB",
		invalid("muster.argon2_memory"), "must be 7168 to 1048576")
	c.want(s.Argon2Passes >= 1 && s.Argon2Passes <= 20, "MusterSettings.Argon2Passes",
		invalid("muster.argon2_passes"), "must be 1 to 20")
	c.atLeast(0, int64(s.HashQueue), "MusterSettings.HashQueue", invalid("muster.hash_queue"))
	c.atLeast(0, int64(s.ShutdownTimeoutSeconds), "MusterSettings.ShutdownTimeoutSeconds", invalid("muster.shutdown_timeout"))
	c.atLeast(0, int64(s.SlowRequestMilliseconds), "MusterSettings.SlowRequestMilliseconds", invalid("muster.slow_request"))
	for name, most := range map[string]int{
		"FailedSignInsPerAccount": s.FailedSignInsPerAccount, "FailedSignInsPerAddress": s.FailedSignInsPerAddress,
		"MailRequestsPerAccount": s.MailRequestsPerAccount, "MailRequestsPerAddress": s.MailRequestsPerAddress,
		"MfaChecksPerAccount": s.MfaChecksPerAccount, "MfaChecksPerAddress": s.MfaChecksPerAddress,
	} {
		c.atLeast(0, int64(most), "MusterSettings."+name, invalid("muster.per_hour"))
	}
	for _, network := range s.TrustedProxies {
		c.want(isNetwork(network), "MusterSettings.TrustedProxies", invalid("muster.trusted_proxies"),
			"must hold networks, such as 10.0.0.0/8; "+strconv.Quote(network)+" is none")
	}
}

func isNatsURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "nats" || u.Scheme == "tls") && u.Hostname() != ""
}
