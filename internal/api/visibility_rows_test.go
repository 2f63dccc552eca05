package api_test

import "slices"

const (
	get  = "GET"
	post = "POST"
)

// looks are the rows of the matrix, by what is looked at.
func (w *town) looks() []look {
	return slices.Concat(w.looksAtPeople(), w.looksAtWhatIsHers(), w.looksAtTeams(), w.looksAtChannels(), w.looksAtPosts(), w.looksAtGroups())
}

func (w *town) looksAtPeople() []look {
	amy := w.amy.ID
	return []look{
		{get, "/users", nil, amy, "!-++++++!"},
		{get, "/users?in_team=" + w.team, nil, amy, "!-++x+++!"},
		{get, "/users?not_in_channel=" + w.open + "&in_team=" + w.team, nil, w.bob.ID, "!xx+xx++!"},
		{get, "/users?in_channel=" + w.open, nil, amy, "!xx+xx++!"},
		{get, "/users?in_channel=" + w.secret, nil, amy, "!xx+xx+x!"},
		{get, "/users?in_channel=" + w.direct, nil, amy, "!xxxxx+x!"},
		{get, "/users?in_group=" + w.group, nil, amy, "!-++++++!"},
		{post, "/users/ids", []string{amy}, amy, "!-++++++!"},
		{post, "/users/usernames", []string{"amy"}, amy, "!-++++++!"},
		{post, "/users/search", object{"term": "amy"}, amy, "!-++++++!"},
		{post, "/users/search", object{"term": "amy", "team_id": w.team}, amy, "!-++x+++!"},
		{post, "/users/search", object{"term": "amy", "in_channel_id": w.secret}, amy, "!xx+xx+x!"},
		{post, "/users/search", object{"term": "amy", "in_group_id": w.group}, amy, "!-++++++!"},
		{get, "/users/autocomplete?name=am", nil, amy, "!-++++++!"},
		{get, "/users/autocomplete?name=am&in_team=" + w.team, nil, amy, "!-++x+++!"},
		{get, "/users/autocomplete?name=am&in_team=" + w.team + "&in_channel=" + w.secret, nil, amy, "!xx+xx+x!"},
		{get, "/users/" + amy, nil, amy, "!x++++++!"},
		{get, "/users/username/amy", nil, amy, "!x++++++!"},
		{get, "/users/email/amy@example.com", nil, amy, "!x++++++!"},
		{get, "/users/" + amy + "/image", nil, "", "!x++++++!"},
		{get, "/users/" + amy + "/image/default", nil, "", "!x++++++!"},
		{get, "/users/known", nil, amy, "!-++-+-+!"},
		{post, "/users/group_channels", []string{w.trio}, amy, "!--+----!"},
		{get, "/users/" + amy + "/status", nil, amy, "!x++++++!"},
		{post, "/users/status/ids", []string{amy}, amy, "!-++++++!"},
		{get, "/bots", nil, "robo", "!xxxxx+x!"},
		{get, "/bots/" + w.robo, nil, "robo", "!bbbbb+b!"},
		{get, "/users/stats", nil, "", "!+++++++!"},
		{get, "/users/invalid_emails", nil, "", "!xxxxx+x!"},
		{get, "/users/tokens", nil, w.robo, "!xxxxx+x!"},
		{post, "/users/tokens/search", object{"term": "robo"}, w.robo, "!xxxxx+x!"},
		{get, "/users/tokens/" + w.token, nil, w.robo, "!xxxxx+x!"},
		{get, "/users/stats/filtered?in_channel=" + w.secret, nil, "", "!xxxxx+x!"},
	}
}

// looksAtWhatIsHers are those at what belongs to amy alone.
func (w *town) looksAtWhatIsHers() []look {
	amy := "/users/" + w.amy.ID
	return []look{
		{get, amy + "/teams", nil, w.team, "!xxxxx+x!"},
		{get, amy + "/teams/members", nil, w.team, "!xxxxx+x!"},
		{get, amy + "/teams/unread", nil, w.team, "!xxxxx+x!"},
		{get, amy + "/teams/" + w.team + "/unread", nil, w.team, "!xxxxx+x!"},
		{get, amy + "/channels", nil, w.secret, "!xxxxx+x!"},
		{get, amy + "/channel_members", nil, w.secret, "!xxxxx+x!"},
		{get, amy + "/teams/" + w.team + "/channels", nil, w.secret, "!xxxxx+x!"},
		{get, amy + "/teams/" + w.team + "/channels/members", nil, w.secret, "!xxxxx+x!"},
		{get, amy + "/teams/" + w.team + "/channels/categories", nil, w.secret, "!xxxxx+x!"},
		{get, amy + "/teams/" + w.team + "/channels/categories/order", nil, w.amy.ID, "!xxxxx+x!"},
		{get, amy + "/teams/" + w.team + "/channels/categories/channels_" + w.amy.ID + "_" + w.team, nil, w.secret, "!xxxxx+x!"},
		{get, amy + "/channels/" + w.secret + "/unread", nil, w.secret, "!xxxxx+x!"},
		{get, amy + "/channels/" + w.secret + "/posts/unread", nil, secretWord, "!xxxxx+x!"},
		{get, amy + "/posts/flagged", nil, secretWord, "!xxxxx+x!"},
		{get, amy + "/teams/" + w.team + "/threads", nil, secretWord, "!xxxxx+x!"},
		{get, amy + "/teams/" + w.team + "/threads/" + w.whispered, nil, secretWord, "!xxxxx+x!"},
		{get, amy + "/teams/" + w.team + "/threads/mention_counts", nil, "", "!xxxxx+x!"},
		{get, amy + "/preferences", nil, w.whispered, "!xxxxx+x!"},
		{get, amy + "/preferences/flagged_post", nil, w.whispered, "!xxxxx+x!"},
		{get, amy + "/preferences/flagged_post/name/" + w.whispered, nil, w.whispered, "!xxxxx+x!"},
		{get, amy + "/mfa/recovery_codes", nil, "", "!xxxxx+x!"},
		{get, "/uploads/" + w.upload, nil, w.upload, "!fffff+f!"},
		{get, amy + "/sessions", nil, "user_id", "!xxxxx+x!"},
		{get, amy + "/audits", nil, "", "!xxxxx+x!"},
		{get, amy + "/tokens", nil, "", "!xxxxx+x!"},
		{get, amy + "/groups", nil, w.group, "!xxxxx+x!"},
		{get, amy + "/uploads", nil, "", "!uuuuuuu!"},
		{get, amy + "/terms_of_service", nil, "", "!ooooooo!"},
	}
}

func (w *town) looksAtTeams() []look {
	amy, team := w.amy.ID, "/teams/"+w.team
	return []look{
		{get, "/teams", nil, w.team, "!t----+-!"},
		{post, "/teams/search", object{"term": "north"}, w.team, "!-----+-!"},
		{get, team, nil, w.team, "!+++x+++!"},
		{get, team, nil, w.invite, "!-++x+++!"},
		{get, "/teams/name/north", nil, w.team, "!+++x+++!"},
		{get, "/teams/name/north/exists", nil, "true", "!+++-+++!"},
		// The invite id is all that is needed.
		{get, "/teams/invite/" + w.invite, nil, w.team, "+++++++++"},
		{get, team + "/stats", nil, "", "!+++x+++!"},
		{get, team + "/members", nil, amy, "!-++x+++!"},
		{get, team + "/members/" + amy, nil, amy, "!x++x+++!"},
		{post, team + "/members/ids", []string{amy}, amy, "!-++x+++!"},
		{get, team + "/groups", nil, "", "!+++x+++!"},
		{get, team + "/groups_by_channels", nil, w.open, "!-++x+++!"},
		{get, team + "/members_minus_group_members?group_ids=" + w.group, nil, w.bob.ID, "!xxxxx+x!"},
		{get, team + "/image", nil, "", "!nnnxnnn!"},
	}
}

func (w *town) looksAtChannels() []look {
	amy, team, secret, open := w.amy.ID, "/teams/"+w.team+"/channels", "/channels/"+w.secret, "/channels/"+w.open
	return []look{
		{get, "/channels", nil, w.secret, "!xxxxx+x!"},
		{post, "/channels/search", object{"term": "secret"}, w.secret, "!xxxxx+x!"},
		{post, "/channels/group/search", object{"term": "bob"}, w.trio, "!--+----!"},
		{get, team, nil, w.open, "!x++x+++!"},
		{get, team, nil, w.secret, "!x--x---!"},
		{get, team + "/private", nil, w.secret, "!xxxxx+x!"},
		{get, team + "/deleted", nil, w.gone, "!x-+x-+-!"},
		{get, team + "/autocomplete?name=plaz", nil, w.open, "!x++x+++!"},
		{get, team + "/autocomplete?name=secr", nil, w.secret, "!x-+x---!"},
		{get, team + "/search_autocomplete?name=plaz", nil, w.open, "!--+---+!"},
		{get, team + "/search_autocomplete?name=secr", nil, w.secret, "!--+----!"},
		{post, team + "/search", object{"term": "plaz"}, w.open, "!-++m+++!"},
		{post, team + "/search", object{"term": "secr"}, w.secret, "!---m---!"},
		{post, team + "/ids", []string{w.open}, w.open, "!x++x+++!"},
		{post, team + "/ids", []string{w.secret}, w.secret, "!iiixiii!"},
		{get, team + "/name/plaza", nil, w.open, "!x++x+++!"},
		// Who manages a team finds its private channels by their names, as documented.
		{get, team + "/name/secret", nil, w.secret, "!cc+c++c!"},
		{get, "/teams/name/north/channels/name/secret", nil, w.secret, "!cc+c++c!"},
		{get, open, nil, w.open, "!x++x+++!"},
		{get, secret, nil, w.secret, "!xx+xx+x!"},
		{get, "/channels/" + w.gone, nil, w.gone, "!xx+xx+x!"},
		{get, "/channels/" + w.direct, nil, w.direct, "!xxxxx+x!"},
		{get, open + "/stats", nil, w.open, "!xx+xx++!"},
		{get, secret + "/stats", nil, w.secret, "!xx+xx+x!"},
		{post, "/channels/stats/member_count", []string{w.secret}, w.secret, "!xx+xx+x!"},
		{get, secret + "/timezones", nil, "", "!xx+xx+x!"},
		{get, open + "/members", nil, amy, "!xx+xx++!"},
		{get, secret + "/members", nil, amy, "!xx+xx+x!"},
		{get, secret + "/members/" + amy, nil, amy, "!xx+xx+x!"},
		{post, secret + "/members/ids", []string{amy}, amy, "!xx+xx+x!"},
		{get, secret + "/groups", nil, "", "!xx+xx+x!"},
		{get, secret + "/member_counts_by_group", nil, w.group, "!xx+xx+x!"},
		{get, secret + "/moderations", nil, "create_post", "!xxxxx+x!"},
		{get, "/channels/" + w.trio + "/members", nil, amy, "!xx+xx+x!"},
		{get, secret + "/members_minus_group_members?group_ids=" + w.group, nil, amy, "!xxxxx-x!"},
		{get, "/schemes", nil, "", "!xxxxx+x!"},
		{get, "/schemes/" + usersID, nil, "", "!xxxxxsx!"},
		{get, "/schemes/" + usersID + "/teams", nil, "", "!xxxxxsx!"},
		{get, "/schemes/" + usersID + "/channels", nil, "", "!xxxxxsx!"},
		{get, "/channels/" + w.trio + "/common_teams", nil, w.team, "!xx+xx+x!"},
	}
}

func (w *town) looksAtPosts() []look {
	return []look{
		{get, "/channels/" + w.open + "/posts", nil, openWord, "!x++x+++!"},
		{get, "/channels/" + w.secret + "/posts", nil, secretWord, "!xx+xx+x!"},
		{get, "/channels/" + w.direct + "/posts", nil, directWord, "!xxxxx+x!"},
		{get, "/channels/" + w.secret + "/pinned", nil, secretWord, "!xx+xx+x!"},
		{get, "/posts/" + w.said, nil, openWord, "!x++x+++!"},
		{get, "/posts/" + w.whispered, nil, secretWord, "!xx+xx+x!"},
		{get, "/posts/" + w.written, nil, directWord, "!xxxxx+x!"},
		{get, "/posts/" + w.said + "/thread", nil, openWord, "!x++x+++!"},
		{get, "/posts/" + w.whispered + "/thread", nil, secretWord, "!xx+xx+x!"},
		{get, "/posts/" + w.whispered + "/info", nil, w.secret, "!pp+pp+p!"},
		{get, "/posts/" + w.whispered + "/edit_history", nil, "", "!xxxxxxx!"},
		{get, "/posts/" + w.whispered + "/reactions", nil, "shushing_face", "!xx+xx+x!"},
		{post, "/posts/ids", []string{w.whispered}, secretWord, "!--+--+-!"},
		{post, "/posts/ids", []string{w.said, w.written}, directWord, "!-----+-!"},
		{post, "/posts/ids/reactions", []string{w.whispered}, "shushing_face", "!xx+xx+x!"},
		{post, "/posts/search", object{"terms": secretWord, "is_or_search": false}, w.whispered, "!--+----!"},
		{post, "/teams/" + w.team + "/posts/search", object{"terms": secretWord, "is_or_search": false}, w.whispered, "!--+x---!"},
		{post, "/teams/" + w.team + "/posts/search", object{"terms": openWord, "is_or_search": false}, w.said, "!--+x--+!"},
		{post, "/files/search", object{"terms": "plan", "is_or_search": false}, w.secretFile, "!--+----!"},
		{post, "/teams/" + w.team + "/files/search", object{"terms": "plan", "is_or_search": false}, w.secretFile, "!--+x---!"},
		{get, "/files/" + w.file, nil, secretWord, "!x++x+++!"},
		{get, "/files/" + w.secretFile, nil, secretWord, "!xx+xx+x!"},
		{get, "/posts/" + w.whispered + "/files/info", nil, "plan.txt", "!xx+xx+x!"},
		{get, "/files/" + w.secretFile + "/info", nil, "plan.txt", "!xx+xx+x!"},
		{get, "/files/" + w.secretFile + "/thumbnail", nil, "", "!xxhxxhx!"},
		{get, "/files/" + w.secretFile + "/preview", nil, "", "!xxvxxvx!"},
		{get, "/files/" + w.secretFile + "/link", nil, "", "!lllllll!"},
	}
}

func (w *town) looksAtGroups() []look {
	return []look{
		{get, "/groups", nil, w.group, "!+++++++!"},
		{get, "/groups/" + w.group, nil, w.group, "!+++++++!"},
		{get, "/groups/" + w.group + "/members", nil, w.amy.ID, "!-++++++!"},
		{get, "/groups/" + w.group + "/stats", nil, w.group, "!+++++++!"},
		{post, "/groups/names", []string{"gardeners"}, w.group, "!+++++++!"},
		{get, "/groups/" + w.group + "/teams", nil, "", "!xxxxx+x!"},
		{get, "/groups/" + w.group + "/teams/" + w.team, nil, "", "!xxxxxgx!"},
		{get, "/groups/" + w.group + "/channels", nil, w.open, "!xxxxx+x!"},
		{get, "/groups/" + w.group + "/channels/" + w.open, nil, w.open, "!xxxxx+x!"},
	}
}
