package blob

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"testing"
)

func initialAvatar(t *testing.T, userID, username string) []byte {
	t.Helper()
	avatar, err := InitialAvatar(userID, username)
	if err != nil {
		t.Fatal(err)
	}
	return avatar
}

// ink is the smallest rectangle around what is not background.
func ink(m image.Image) image.Rectangle {
	var r image.Rectangle
	for y := range AvatarSide {
		for x := range AvatarSide {
			if m.At(x, y) != m.At(0, 0) {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
}

func TestInitialAvatarShowsTheLetterInTheMiddle(t *testing.T) {
	t.Parallel()
	for letter := 'a'; letter <= 'z'; letter++ {
		avatar := initialAvatar(t, "4wurr8bmitnk", string(letter)+"my")
		m := readAvatar(t, avatar)
		r := ink(m)
		if left, right := r.Min.X, AvatarSide-r.Max.X; max(left-right, right-left) > 1 || r.Dx() > 100 {
			t.Errorf("%c: %d pixels to the left, %d to the right", letter, left, right)
		}
		// Q and J reach below the line, no letter far above or below.
		if r.Min.Y < 30 || r.Max.Y > 112 || r.Dy() < 50 {
			t.Errorf("%c: from %d to %d", letter, r.Min.Y, r.Max.Y)
		}
		if !slices.Contains(m.(*image.Paletted).Pix, 15) {
			t.Errorf("%c: nothing is white", letter)
		}
		if len(avatar) > 1500 {
			t.Errorf("%c: %d bytes", letter, len(avatar))
		}
	}
}

func TestInitialAvatarFollowsFromItsArguments(t *testing.T) {
	t.Parallel()
	amy := initialAvatar(t, "4wurr8bmitnk", "amy")
	for name, same := range map[string]bool{"amy": true, "Amy": true, "adam": true, "bob": false, "4": false} {
		if got := initialAvatar(t, "4wurr8bmitnk", name); bytes.Equal(amy, got) != same {
			t.Errorf("%s and amy", name)
		}
	}
	question := initialAvatar(t, "4wurr8bmitnk", "?")
	for name, same := range map[string]bool{
		"": true, "_x": true, "\xff": true, "日本": true, "😀": true, "é": false, "ж": false, "ω": false, "7": false,
	} {
		if got := initialAvatar(t, "4wurr8bmitnk", name); bytes.Equal(question, got) != same {
			t.Errorf("%q and a question mark", name)
		}
	}
}

func TestInitialAvatarUsesEveryBackground(t *testing.T) {
	t.Parallel()
	seen := map[color.Color]int{}
	for i := range 500 {
		m := readAvatar(t, initialAvatar(t, fmt.Sprintf("user-%d", i), "amy"))
		seen[m.At(0, 0)]++
	}
	for _, c := range backgrounds {
		if seen[c] == 0 {
			t.Errorf("nobody of 500 got %v", c)
		}
	}
	if len(seen) != len(backgrounds) {
		t.Errorf("%d colours", len(seen))
	}
}

// luminance is the relative luminance of the accessibility guidelines.
func luminance(c color.RGBA) float64 {
	linear := func(v uint8) float64 { return math.Pow((float64(v)/255+0.055)/1.055, 2.4) }
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func TestBackgroundsContrastWithWhite(t *testing.T) {
	t.Parallel()
	for _, c := range append(backgrounds[:], botBackground) {
		if contrast := 1.05 / (luminance(c) + 0.05); contrast < 4.5 {
			t.Errorf("%v has a contrast of %.2f", c, contrast)
		}
	}
}

func samePixels(a, b image.Image) bool {
	return slices.Equal(a.(*image.Paletted).Pix, b.(*image.Paletted).Pix)
}

func TestBotAvatarIsAFixedDrawing(t *testing.T) {
	t.Parallel()
	first, err := BotAvatar()
	if err != nil {
		t.Fatal(err)
	}
	m := readAvatar(t, first)
	clear(first) // belongs to the caller
	second, err := BotAvatar()
	if err != nil {
		t.Fatal(err)
	}
	if !samePixels(m, readAvatar(t, second)) {
		t.Error("two bots look different")
	}
	for p, want := range map[image.Point]color.Color{
		{0, 0}: botBackground, {127, 127}: botBackground, {51, 68}: botBackground, {77, 68}: botBackground,
		{64, 87}: botBackground, {64, 72}: white, {64, 29}: white, {24, 74}: white, {103, 74}: white,
	} {
		if got := m.At(p.X, p.Y); got != want {
			t.Errorf("at %v: %v", p, got)
		}
	}
	for y := range AvatarSide {
		for x := range AvatarSide / 2 {
			if m.At(x, y) != m.At(AvatarSide-1-x, y) {
				t.Fatalf("not the same on both sides at %d, %d", x, y)
			}
		}
	}
}

func BenchmarkInitialAvatar(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := InitialAvatar("4wurr8bmitnk", "amy"); err != nil {
			b.Fatal(err)
		}
	}
}
