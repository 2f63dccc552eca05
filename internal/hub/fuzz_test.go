package hub

import (
	"encoding/json"
	"testing"
)

// FuzzFrames: whatever a client sends is a frame or is not; a frame can be answered.
func FuzzFrames(f *testing.F) {
	for _, s := range []string{
		`{"seq":1,"action":"ping"}`, `{"seq":1,"action":"get_statuses_by_ids","data":{"user_ids":["a"]}}`, `[1]`, ``, `{"seq":1e99}`,
		"\x83\xa3seq\x01\xa6action\xa4ping\xa4data\x80", "\x81\xa4data\xde\xff\xff", "\xdf\xff\xff\xff\xff", "\x81\xa3seq\xd3\xff\xff\xff\xff\xff\xff\xff\xff",
		"\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\x91\xc0",
	} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	f.Fuzz(func(t *testing.T, content []byte, binary bool) {
		frame, ok := parse(content, binary)
		if !ok {
			return
		}
		if _, err := json.Marshal(reply{Status: "OK", Seq: frame.Seq}); err != nil {
			t.Fatal(err)
		}
		_ = frame.text("token")
	})
}

func TestMessagePackValues(t *testing.T) {
	t.Parallel()
	f := &frame{}
	packed := "\x83\xa3seq\xd2\x00\x00\x01\x00\xa6action\xd9\x01a\xa4data\x87\xa1a\xff\xa1b\xcd\x01\x00\xa1c\xc2\xa1d\xc0\xa1e\x92\x01\xa1x\xa1f\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00\xa1g\xd0\x80"
	if err := f.unpack([]byte(packed)); err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"seq":256,"action":"a","data":{"a":-1,"b":256,"c":false,"d":null,"e":[1,"x"],"f":1.5,"g":-128}}`
	if string(got) != want {
		t.Errorf("read %s, want %s", got, want)
	}
	for _, bad := range []string{"", "\x80x", "\x01", "\x81\xa3seq\xa1x", "\x81\x01\x01", "\x81\xa6action\xc1", "\x81\xa3seq\xcf\xff\xff\xff\xff\xff\xff\xff\xff"} {
		if (&frame{}).unpack([]byte(bad)) == nil {
			t.Errorf("%q was read", bad)
		}
	}
}
