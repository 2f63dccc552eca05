package api_test

// differences are the steps where another answer is right, with the reason.
var differences = byStep(differentBecause)

// byStep turns a list of steps by reason around.
func byStep(reasons map[string][]string) map[string]string {
	all := map[string]string{}
	for reason, steps := range reasons {
		for _, step := range steps {
			all[step] = reason
		}
	}
	return all
}

// differentBecause lists the steps by reason.
var differentBecause = map[string][]string{
	"what is wrong with an account is told only to who knows its password, so that nobody learns which accounts exist": {
		"active.json:23", "bots.json:54",
	},
	"remote_id is not stored: it is empty for every account": {
		"bots.json:19", "bots.json:20", "bots.json:21", "bots.json:22", "bots.json:23", "bots.json:48", "bots.json:50", "bots.json:66", "bots.json:69", "local.json:26",
	},
	"the picture of bots is our own, and kept by clients for five minutes while nobody set one": {
		"bots.json:24", "bots.json:25",
	},
	"a timezone that was not sent is an empty object, because the documents know no null here; remote_id as elsewhere": {
		"local.json:16", "put.json:5", "put.json:6", "put.json:12", "put.json:13", "put.json:18", "put.json:19", "put.json:20", "put.json:30", "put.json:35", "put.json:36", "put.json:43", "put.json:48",
	},
	"a client whose token is useless is told to forget its cookie, whatever the reason": {
		"config-security.json:33",
	},
	"tokens tell when they were last used": {
		"config-security.json:35", "tokens.json:28", "tokens.json:33", "tokens.json:37", "tokens.json:38", "tokens.json:48", "tokens.json:50", "tokens.json:51", "tokens.json:67",
	},
	"an account that is no longer a bot is not shown as one": {
		"convert.json:27", "convert.json:32", "local.json:33",
	},
	"a negative limit finds nobody, because nothing that is asked for in good form is answered with 500": {
		"autocomplete.json:19",
	},
	"a team, channel or thread that does not exist is refused like one in which the caller may do nothing; nothing is stored about it": {
		"matrix-unknown-id.json:62", "matrix-unknown-id.json:66", "matrix-unknown-id.json:68", "matrix-unknown-id.json:70",
		"matrix-unknown-id.json:72", "matrix-unknown-id.json:74", "matrix-unknown-id.json:76",
	},
	"an answer that shows a secret stays out of caches": {
		"local.json:23",
	},
	"an empty list is [], never null": {
		"matrix-unknown-id.json:42", "misc.json:29", "misc.json:32",
	},
	"a provider that is not configured is refused before anything else is looked at": {
		"mfa.json:32",
	},
	"nothing depends on a licence": {
		"roles.json:20", "roles.json:21", "roles.json:22",
	},
	"the roles of an account cannot be emptied": {
		"roles.json:27",
	},
	"a missing token_id is named as such": {
		"tokens.json:62", "tokens.json:63", "tokens.json:70", "tokens.json:76", "tokens.json:77",
	},
}
