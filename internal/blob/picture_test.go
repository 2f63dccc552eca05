package blob

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/image/draw"
)

var (
	red   = color.RGBA{R: 255, A: 255}
	green = color.RGBA{G: 255, A: 255}
	blue  = color.RGBA{B: 255, A: 255}
	white = color.RGBA{R: 255, G: 255, B: 255, A: 255}
)

// ordinary are limits no picture of these tests comes near, unless it means to.
var ordinary = Limits{Bytes: 100 << 20, Pixels: 7680 * 4320}

func decodeAvatar(t *testing.T, file []byte, limits Limits) ([]byte, error) {
	t.Helper()
	return NewDecoder(256<<20).DecodeAvatar(t.Context(), bytes.NewReader(file), int64(len(file)), limits)
}

// avatarOf decodes a picture that must be accepted.
func avatarOf(t *testing.T, file []byte) image.Image {
	t.Helper()
	avatar, err := decodeAvatar(t, file, ordinary)
	if err != nil {
		t.Fatal(err)
	}
	return readAvatar(t, avatar)
}

func readAvatar(t *testing.T, avatar []byte) image.Image {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(avatar))
	if err != nil {
		t.Fatal(err)
	}
	if m.Bounds() != image.Rect(0, 0, 128, 128) {
		t.Fatalf("an avatar of %v", m.Bounds())
	}
	return m
}

// near tells whether two colours look the same after a lossy encoding.
func near(a, b color.Color) bool {
	ar, ag, ab, aa := a.RGBA()
	br, bg, bb, ba := b.RGBA()
	for _, d := range [...]int{int(ar) - int(br), int(ag) - int(bg), int(ab) - int(bb), int(aa) - int(ba)} {
		if max(d, -d) > 12<<8 {
			return false
		}
	}
	return true
}

// wantCorners compares the colours near the four corners, row by row.
func wantCorners(t *testing.T, m image.Image, want ...color.Color) {
	t.Helper()
	for i, p := range []image.Point{{16, 16}, {111, 16}, {16, 111}, {111, 111}} {
		if got := m.At(p.X, p.Y); !near(got, want[i]) {
			t.Errorf("at %v the colour is %v, want %v", p, got, want[i])
		}
	}
}

func TestDecodeAvatarReadsEveryFormat(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"png", "jpeg", "gif", "bmp", "tiff"} {
		for _, size := range []image.Point{{300, 300}, {640, 200}, {200, 640}, {128, 128}, {64, 32}} {
			m := avatarOf(t, encoded(t, format, quarters(size.X, size.Y)))
			t.Log(format, size)
			wantCorners(t, m, red, green, blue, white)
		}
	}
	violet := color.RGBA{R: 120, G: 10, B: 200, A: 255}
	wantCorners(t, avatarOf(t, webpOf(333, 222, violet)), violet, violet, violet, violet)
}

func TestDecodeAvatarReadsEveryColourModel(t *testing.T) {
	t.Parallel()
	bounds := image.Rect(0, 0, 200, 100)
	for name, m := range map[string]draw.Image{
		"grey": image.NewGray(bounds), "16-bit grey": image.NewGray16(bounds),
		"16-bit colour": image.NewNRGBA64(bounds), "8-bit alpha": image.NewNRGBA(bounds),
	} {
		draw.Draw(m, bounds, image.White, image.Point{}, draw.Src)
		t.Log(name)
		wantCorners(t, avatarOf(t, encoded(t, "png", m)), white, white, white, white)
	}
}

func TestDecodeAvatarKeepsTransparency(t *testing.T) {
	t.Parallel()
	m := image.NewNRGBA(image.Rect(0, 0, 256, 256))
	draw.Draw(m, image.Rect(0, 0, 128, 256), image.NewUniform(color.NRGBA{R: 255, A: 128}), image.Point{}, draw.Src)
	half := color.NRGBA{R: 255, A: 128}
	wantCorners(t, avatarOf(t, encoded(t, "png", m)), half, color.Transparent, half, color.Transparent)
}

func TestDecodeAvatarTakesTheFirstFrame(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	frame := image.NewPaletted(image.Rect(10, 20, 50, 60), color.Palette{green, color.Black})
	err := gif.EncodeAll(&b, &gif.GIF{
		Image: []*image.Paletted{frame, solid(100, 100, red)}, Delay: []int{1, 1},
		Config: image.Config{Width: 100, Height: 100, ColorModel: frame.Palette},
	})
	if err != nil {
		t.Fatal(err)
	}
	wantCorners(t, avatarOf(t, b.Bytes()), green, green, green, green)
}

func TestDecodeAvatarIsDeterministic(t *testing.T) {
	t.Parallel()
	file := encoded(t, "jpeg", quarters(700, 500))
	first, err := decodeAvatar(t, file, ordinary)
	if err != nil {
		t.Fatal(err)
	}
	second, err := decodeAvatar(t, file, ordinary)
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("the same picture gave other bytes: %v", err)
	}
	again, err := decodeAvatar(t, first, ordinary)
	if err != nil || !bytes.Equal(first, again) {
		t.Errorf("an avatar is not its own avatar: %v", err)
	}
}

func TestDecodeAvatarDropsMetadata(t *testing.T) {
	t.Parallel()
	file := withExif(encoded(t, "jpeg", quarters(64, 64)), exifOf(binary.BigEndian, 1))
	avatar, err := decodeAvatar(t, file, ordinary)
	if err != nil {
		t.Fatal(err)
	}
	for _, chunk := range []string{"eXIf", "Exif", "tEXt", "iCCP"} {
		if bytes.Contains(avatar, []byte(chunk)) {
			t.Errorf("the avatar has %s", chunk)
		}
	}
}

// It measures what the process allocates, so it is not parallel.
func TestDecodeAvatarRefusesABombBeforeItAllocates(t *testing.T) {
	for format, file := range bombs(t) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := decodeAvatar(t, file, ordinary)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, ErrLimits) || errors.Is(err, ErrDecode) {
			t.Errorf("%s: %v", format, err)
		}
		if spent := after.TotalAlloc - before.TotalAlloc; spent > 1<<20 {
			t.Errorf("%s: %d bytes were allocated", format, spent)
		}
	}
}

func TestDecodeAvatarErrors(t *testing.T) {
	t.Parallel()
	picture := encoded(t, "png", quarters(200, 100))
	for _, tc := range []struct {
		name   string
		file   []byte
		limits Limits
		want   error
	}{
		{name: "an empty file is no picture", want: ErrLimits},
		{name: "a text is no picture", file: []byte("not a picture"), want: ErrLimits},
		{name: "a drawing in SVG is no picture", file: []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), want: ErrLimits},
		{name: "a broken header is no picture", file: picture[:20], want: ErrLimits},
		{name: "one pixel too many is over the limit", file: picture, limits: Limits{Bytes: 1 << 20, Pixels: 19999}, want: ErrLimits},
		{name: "as many pixels as allowed are fine", file: picture, limits: Limits{Bytes: 1 << 20, Pixels: 20000}},
		{name: "one byte too many is over the limit", file: picture, limits: Limits{Bytes: int64(len(picture)) - 1, Pixels: 1 << 20}, want: ErrLimits},
		{name: "a picture that breaks off is undecodable", file: picture[:len(picture)-30], want: ErrDecode},
		{name: "a picture without pixels is undecodable", file: picture[:40], want: ErrDecode},
		{name: "bytes behind the picture do not matter", file: append(bytes.Clone(picture), "trailer"...)},
	} {
		if tc.limits == (Limits{}) {
			tc.limits = ordinary
		}
		_, err := decodeAvatar(t, tc.file, tc.limits)
		if !errors.Is(err, tc.want) || errors.Is(err, ErrLimits) && errors.Is(err, ErrDecode) {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

func TestDecodeAvatarReadsAFileAboutOnce(t *testing.T) {
	t.Parallel()
	// Each of a thousand rows is a megabyte that means nothing, and a pixel.
	strip := append(bytes.Repeat([]byte{0x80}, 1<<20), 0, 42)
	if _, err := decodeAvatar(t, tiffOf(1, 1000, strip, 1000), ordinary); !errors.Is(err, ErrDecode) {
		t.Errorf("a thousand rows of the same megabyte: %v", err)
	}
	grey := color.RGBA{R: 42, G: 42, B: 42, A: 255}
	m := avatarOf(t, tiffOf(1, 1000, []byte{0x80, 0, 42}, 1000))
	wantCorners(t, m, grey, grey, grey, grey)
}

func TestDecodeAvatarEndsWithItsRequest(t *testing.T) {
	t.Parallel()
	file := encoded(t, "png", quarters(200, 100))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := NewDecoder(1<<30).DecodeAvatar(ctx, bytes.NewReader(file), int64(len(file)), ordinary)
	if !errors.Is(err, context.Canceled) || errors.Is(err, ErrLimits) || errors.Is(err, ErrDecode) {
		t.Errorf("%v", err)
	}
}

func TestDecodeAvatarWaitsForMemory(t *testing.T) {
	t.Parallel()
	file := encoded(t, "png", quarters(200, 100))
	d := NewDecoder(1 << 10) // less than any picture needs: one at a time
	if err := d.free.Acquire(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := d.DecodeAvatar(ctx, bytes.NewReader(file), int64(len(file)), ordinary); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a picture did not wait: %v", err)
	}
	d.free.Release(1)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := d.DecodeAvatar(t.Context(), bytes.NewReader(file), int64(len(file)), ordinary); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if !d.free.TryAcquire(d.memory) {
		t.Error("memory was not given back")
	}
}

func TestThumbnailSurvivesAPanic(t *testing.T) {
	t.Parallel()
	f := formats[0]
	f.decode = nil
	if m, err := thumbnail(t.Context(), f, bytes.NewReader(nil), 0); err == nil {
		t.Errorf("a decoder that panics gave %v", m.Bounds())
	}
}

func TestSourceStopsWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	r := newSource(ctx, formats[0], bytes.NewReader([]byte("picture")), 7)
	if n, err := r.Read(make([]byte, 7)); n > 0 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("read %d bytes: %v", n, err)
	}
}

func FuzzDecodeAvatar(f *testing.F) {
	for _, format := range []string{"png", "jpeg", "gif", "bmp", "tiff"} {
		f.Add(encoded(f, format, quarters(20, 10)))
	}
	for _, file := range bombs(f) {
		f.Add(file)
	}
	f.Add(webpOf(20, 10, red))
	f.Add(tiffOf(1, 5, []byte{0x80, 0, 42}, 5))
	f.Add(withExif(encoded(f, "jpeg", quarters(20, 10)), exifOf(binary.LittleEndian, 6)))
	f.Fuzz(func(t *testing.T, file []byte) {
		avatar, err := decodeAvatar(t, file, Limits{Bytes: 1 << 16, Pixels: 1 << 16})
		if err == nil {
			readAvatar(t, avatar)
			return
		}
		if errors.Is(err, ErrLimits) == errors.Is(err, ErrDecode) {
			t.Errorf("%v", err)
		}
	})
}

func BenchmarkDecodeAvatar(b *testing.B) {
	for name, size := range map[string]image.Point{"photo of 12 megapixels": {4000, 3000}, "square of 512": {512, 512}} {
		b.Run(name, func(b *testing.B) {
			file := encoded(b, "jpeg", quarters(size.X, size.Y))
			d := NewDecoder(1 << 30)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := d.DecodeAvatar(b.Context(), bytes.NewReader(file), int64(len(file)), ordinary); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
