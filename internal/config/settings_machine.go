package config

// SqlSettings say where the data lives.
type SqlSettings struct {
	DriverName                  string `default:"sqlite" rules:"restart,locked" doc:"Database: sqlite or postgres."`
	DataSource                  Secret `rules:"restart,locked" doc:"For postgres the connection string, for sqlite the path of the file. Empty is a file inside of MusterSettings.DataDirectory."`
	MaxOpenConns                int    `default:"50" rules:"restart,locked" doc:"How many connections a node opens to PostgreSQL."`
	MaxIdleConns                int    `default:"50" rules:"restart,locked" doc:"How many connections to PostgreSQL a node keeps open without use."`
	ConnMaxLifetimeMilliseconds int    `default:"3600000" rules:"restart,locked" doc:"Age at which a connection to PostgreSQL is replaced, in milliseconds; 0 is never."`
	ConnMaxIdleTimeMilliseconds int    `default:"300000" rules:"restart,locked" doc:"Time without use after which a connection to PostgreSQL is closed, in milliseconds; 0 is never."`
}

// LogSettings are about what the server writes down.
type LogSettings struct {
	EnableConsole bool   `default:"true" rules:"restart" doc:"Writes the log to standard error."`
	ConsoleLevel  string `default:"INFO" rules:"restart" doc:"Least level of the log on the console: DEBUG, INFO, WARN or ERROR."`
	ConsoleJson   bool   `rules:"restart" doc:"Writes the log on the console as JSON."`
	EnableFile    bool   `rules:"restart" doc:"Writes the log to FileLocation, as JSON."`
	FileLevel     string `default:"INFO" rules:"restart" doc:"Least level of the log in the file: DEBUG, INFO, WARN or ERROR."`
	FileLocation  string `rules:"restart,locked" doc:"Path of the log file. Empty is muster.log inside of MusterSettings.DataDirectory."`
}

// ExperimentalAuditSettings are about the file of audit records.
type ExperimentalAuditSettings struct {
	FileEnabled      bool   `rules:"restart" doc:"Writes what operations did to FileName, a line of JSON each."`
	FileName         string `rules:"restart,locked" doc:"Path of the file of audit records. Empty is audit.log inside of MusterSettings.DataDirectory."`
	FileMaxSizeMB    int    `default:"100" rules:"restart" doc:"Size at which the file is put aside and a new one begun, in MB."`
	FileMaxAgeDays   int    `rules:"restart" doc:"Days after which a file that was put aside is removed; 0 is never."`
	FileMaxBackups   int    `rules:"restart" doc:"How many files that were put aside are kept; 0 is all."`
	FileCompress     bool   `rules:"restart" doc:"Compresses files that are put aside."`
	FileMaxQueueSize int    `default:"1000" rules:"restart" doc:"How many records may wait to be written to the file before new ones are dropped, which the log and the figures tell."`
}

// MetricsSettings are about figures for Prometheus.
type MetricsSettings struct {
	Enable        bool   `rules:"restart" doc:"Serves figures at /metrics on ListenAddress."`
	ListenAddress string `default:":8067" rules:"restart,locked" doc:"Address and port of the figures. An empty host listens on every interface."`
}

// MusterSettings are the keys that only this server knows.
type MusterSettings struct {
	DataDirectory           string   `default:"./data" rules:"restart,locked" doc:"Folder for everything the server keeps on disk. It is made at the first start."`
	ClientDirectory         string   `rules:"restart,locked" doc:"Folder with a built web client to serve. Empty serves the server's own pages."`
	NatsURL                 Secret   `rules:"restart,locked" doc:"Address of the NATS server that several nodes share, with its credentials. Empty is a single node."`
	Argon2MemoryKiB         int      `default:"19456" rules:"restart,locked" doc:"Memory to hash a password, in KiB."`
	Argon2Passes            int      `default:"2" rules:"restart,locked" doc:"Passes over that memory."`
	HashQueue               int      `default:"64" rules:"restart,locked" doc:"How many sign-ins may wait for their password to be hashed before others are told to come later."`
	BlockCommonPasswords    bool     `default:"true" access:"authentication_password" doc:"Refuses new passwords that are tried first: the 3,000 most common ones, and those made of the username, the e-mail address or the name of the site."`
	ShutdownTimeoutSeconds  int      `default:"15" rules:"restart" doc:"How long to wait for work in progress when the server stops, in seconds."`
	TrustedProxies          []string `rules:"locked" doc:"Networks of reverse proxies, such as 10.0.0.0/8. Forwarding headers of others are ignored."`
	AllowPrivateAddresses   bool     `rules:"locked" doc:"Lets the server call addresses of private networks for providers, previews and webhooks."`
	AuditDatabaseEnabled    bool     `default:"true" rules:"restart" access:"experimental_features" doc:"Keeps audit records in the database, for muster audit export."`
	AuditDatabaseDays       int      `default:"365" access:"experimental_features" doc:"Days after which audit records leave the database; 0 is never."`
	AuditDatabasePosts      bool     `default:"false" access:"experimental_features" doc:"Keeps an audit record in the database for each post that was written, too. Without it the post itself tells by whom and when; what was refused, edited or deleted leaves a record anyway."`
	AuditDatabaseQueueSize  int      `default:"10000" rules:"restart" access:"experimental_features" doc:"How many audit records may wait to be stored before new ones are dropped, which the log and the figures tell."`
	SlowRequestMilliseconds int      `default:"1000" access:"environment_logging" doc:"Requests that take longer are logged, in milliseconds; 0 is none."`
	FailedSignInsPerAccount int      `default:"100" access:"environment_rate_limiting" doc:"Wrong passwords and codes for one account within an hour, after which a sign-in is refused with 429 for a while; 0 is no limit. ServiceSettings.MaximumLoginAttempts locks the account besides."`
	FailedSignInsPerAddress int      `default:"300" access:"environment_rate_limiting" doc:"Wrong passwords and codes from one address (of IPv6 from one network of 64 bits) within an hour, after which its sign-ins are refused with 429 for a while; 0 is no limit."`
	MailRequestsPerAccount  int      `default:"20" access:"environment_rate_limiting" doc:"Requests for a new password or a verification mail to one address within an hour; 0 is no limit. At most 5 mails are sent."`
	MailRequestsPerAddress  int      `default:"200" access:"environment_rate_limiting" doc:"Requests for a new password or a verification mail that one client address makes within an hour; 0 is no limit."`
	MfaChecksPerAccount     int      `default:"100" access:"environment_rate_limiting" doc:"Questions whether an account needs a second factor, and codes tried to set one up, within an hour; 0 is no limit."`
	MfaChecksPerAddress     int      `default:"3000" access:"environment_rate_limiting" doc:"The same from one client address; 0 is no limit."`
}
