package golden

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// relevantGolden are the recorded events of a socket but those that may come or not.
func (r *talker) relevantGolden(s exchangeStep, name string) []any {
	var out []any
	for _, e := range s.Golden.Events[name] {
		if event, _ := e.(map[string]any)["event"].(string); !slices.Contains(s.Racy[name], event) {
			out = append(out, e)
		}
	}
	return out
}

// relevant are the events of a socket that the recording would keep.
func (r *talker) relevant(s exchangeStep, name string, events []map[string]any) []map[string]any {
	var out []map[string]any
	activation := false
	for _, e := range events {
		event, _ := e["event"].(string)
		switch {
		case slices.Contains(s.Racy[name], event), r.aboutStranger(event, e), r.lines[name] != nil && r.lines[name].as == "admin" && r.foreign(event, e):
			continue
		case event == "status_change" && r.present(s, name, e):
			continue
		case event == "config_changed", event == "user_activation_status_change":
			if !s.Global || activation {
				continue
			}
			activation = true
		}
		out = append(out, e)
	}
	return out
}

// present tells of news nobody recorded that somebody is there, which come when they like.
func (r *talker) present(s exchangeStep, name string, e map[string]any) bool {
	data, _ := e["data"].(map[string]any)
	return data["status"] == "online" && !slices.ContainsFunc(s.Golden.Events[name], func(recorded any) bool {
		return recorded.(map[string]any)["event"] == "status_change" //nolint:forcetypeassert // every event is an object
	})
}

// aboutStranger tells whether an event is about an account of another file.
func (r *talker) aboutStranger(event string, e map[string]any) bool {
	data, _ := e["data"].(map[string]any)
	if event == "user_updated" {
		data, _ = data["user"].(map[string]any)
		return data["id"] != nil && r.labels[fmt.Sprint(data["id"])] == ""
	}
	return event == "new_user" && r.labels[fmt.Sprint(data["user_id"])] == ""
}

// foreign tells whether an event of the administrator, whom all files share, was left out.
func (r *talker) foreign(event string, e map[string]any) bool {
	switch event {
	case "status_change", "multiple_channels_viewed", "channel_member_updated", "preferences_changed":
		return true
	}
	for _, part := range []any{e["broadcast"], e["data"]} {
		fields, _ := part.(map[string]any)
		for _, k := range []string{"channel_id", "team_id"} {
			if id, _ := fields[k].(string); id != "" && r.labels[id] == "" {
				return true
			}
		}
	}
	return strings.HasPrefix(event, "sidebar_")
}

// eventDiffs compares the events of all sockets with the recorded ones, in any order.
func (r *talker) eventDiffs(s exchangeStep, seen map[string]*seenFrames) []string {
	var diffs []string
	for _, name := range slices.Sorted(maps.Keys(seen)) {
		var got []any
		for _, e := range r.relevant(s, name, seen[name].events) {
			got = append(got, r.normalEvent(e, s))
		}
		diffs = append(diffs, unmatched(name, r.relevantGolden(s, name), got)...)
	}
	for name := range s.Golden.Events {
		if seen[name] == nil && len(r.relevantGolden(s, name)) > 0 {
			diffs = append(diffs, fmt.Sprintf("the socket of %s is not open", name))
		}
	}
	return diffs
}

// unmatched pairs wanted and seen events, equal ones first, and tells the differences.
func unmatched(name string, want, got []any) []string {
	got = slices.Clone(got)
	take := func(same func(any) bool) any {
		i := slices.IndexFunc(got, same)
		if i < 0 {
			return nil
		}
		e := got[i]
		got = slices.Delete(got, i, i+1)
		return e
	}
	kind := func(e any) any { return e.(map[string]any)["event"] } //nolint:forcetypeassert // every event is an object
	want = slices.DeleteFunc(slices.Clone(want), func(w any) bool {
		return take(func(e any) bool { return canon(e) == canon(w) }) != nil
	})
	var diffs []string
	for _, w := range want {
		if e := take(func(e any) bool { return kind(e) == kind(w) }); e != nil {
			diffs = append(diffs, diff(w, e, fmt.Sprintf(".events.%s.%v", name, kind(w)))...)
		} else {
			diffs = append(diffs, fmt.Sprintf("%s lacks %s", name, canon(w)))
		}
	}
	for _, e := range got {
		if kind(e) == "status_change" { // presence is stored in batches and told when that is done
			continue
		}
		diffs = append(diffs, fmt.Sprintf("%s gets too much: %s", name, canon(e)))
	}
	return diffs
}

// normalEvent makes an event comparable; of its audience only what is set counts.
func (r *talker) normalEvent(e map[string]any, s exchangeStep) any {
	sorted := s
	sorted.Unordered = true
	data := e["data"]
	if data == nil {
		data = map[string]any{}
	}
	to := map[string]any{}
	fields, _ := e["broadcast"].(map[string]any)
	for k, v := range fields {
		if v != nil && v != "" && v != false {
			to[k] = v
		}
	}
	out := map[string]any{"event": e["event"], "data": r.normal(data, "", sorted), "broadcast": r.normal(to, "", exchangeStep{})}
	if s.WithSeq {
		out["seq"] = e["seq"]
	}
	return reread(out)
}

// replyDiffs compares the replies to a frame.
func (r *talker) replyDiffs(s exchangeStep, replies []map[string]any) []string {
	sorted := s
	sorted.Unordered = true
	got := []any{}
	for _, reply := range replies {
		if data, ok := reply["data"].(map[string]any); ok && s.OnlyKnown {
			maps.DeleteFunc(data, func(id string, _ any) bool { return r.labels[id] == "" || r.labels[id] == "<id:admin>" })
		}
		got = append(got, reread(r.normal(reply, "", sorted)))
	}
	want := []any{}
	want = append(want, s.Golden.Replies...)
	return diff(any(want), any(got), ".replies")
}

// reread reads a value like the recordings were read.
func reread(value any) any {
	out, err := decode([]byte(encode(value)))
	if err != nil {
		panic(err) // it has just been written
	}
	return out
}
