package blob

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

// striped is a picture whose left half is red and whose right half is blue.
func striped(t *testing.T, w, h int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{R: 255, A: 255}
			if x >= w/2 {
				c = color.RGBA{B: 255, A: 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPreviewsFitTheirBoxes(t *testing.T) {
	t.Parallel()
	d := NewDecoder(64 << 20)
	for _, tc := range []struct {
		name         string
		w, h         int
		box          Box
		wantW, wantH int
	}{
		{"a wide one", 400, 100, Box{120, 100}, 120, 30},
		{"a tall one", 100, 400, Box{120, 100}, 25, 100},
		{"a small one stays", 10, 20, Box{120, 100}, 10, 20},
		{"a line", 1000, 1, Box{100, 100}, 100, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			file := striped(t, tc.w, tc.h)
			got, err := d.Previews(t.Context(), bytes.NewReader(file), int64(len(file)), Limits{Pixels: 1 << 20}, tc.box)
			if err != nil {
				t.Fatal(err)
			}
			m, err := jpeg.Decode(bytes.NewReader(got[0]))
			if err != nil {
				t.Fatal(err)
			}
			if b := m.Bounds(); b.Dx() != tc.wantW || b.Dy() != tc.wantH {
				t.Errorf("%d by %d, want %d by %d", b.Dx(), b.Dy(), tc.wantW, tc.wantH)
			}
		})
	}
	file := striped(t, 100, 100)
	if _, err := d.Previews(t.Context(), bytes.NewReader(file), int64(len(file)), Limits{Pixels: 9999}, Box{1, 1}); !errors.Is(err, ErrLimits) {
		t.Errorf("too many pixels: %v", err)
	}
	if _, err := d.Previews(t.Context(), bytes.NewReader(file[:200]), 200, Limits{Pixels: 1 << 20}, Box{1, 1}); !errors.Is(err, ErrDecode) && !errors.Is(err, ErrLimits) {
		t.Errorf("half a file: %v", err)
	}
	if w, h, err := d.Size(t.Context(), bytes.NewReader(file), int64(len(file))); w != 100 || h != 100 || err != nil {
		t.Errorf("size %d %d %v", w, h, err)
	}
}

// Orientation 6 says that the camera was turned: what is left in the file is up.
func TestTurnedPicturesStandUpright(t *testing.T) {
	t.Parallel()
	m := image.NewRGBA(image.Rect(0, 0, 2, 1))
	left, right := color.RGBA{R: 255, A: 255}, color.RGBA{B: 255, A: 255}
	m.SetRGBA(0, 0, left)
	m.SetRGBA(1, 0, right)
	for orientation, want := range map[int][2]color.RGBA{2: {right, left}, 3: {right, left}, 4: {left, right}, 5: {left, right}, 6: {left, right}, 7: {right, left}, 8: {right, left}} {
		out := upright(m, orientation)
		first := out.RGBAAt(0, 0)
		last := out.RGBAAt(out.Rect.Dx()-1, out.Rect.Dy()-1)
		if got := [2]color.RGBA{first, last}; got != want {
			t.Errorf("orientation %d: %v, want %v", orientation, got, want)
		}
		if tall := out.Rect.Dy() == 2; tall != (orientation > 4) {
			t.Errorf("orientation %d is %v", orientation, out.Rect)
		}
	}
}
