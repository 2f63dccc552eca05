package blob

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"math"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// backgrounds are the colours behind initials: thirteen hues, each in a lighter
// and a darker shade, on which white text has a contrast of 4.5 or more.
var backgrounds = [26]color.RGBA{
	{0xb4, 0x3c, 0x6b, 0xff},
	{0x93, 0x12, 0x34, 0xff},
	{0xb9, 0x3f, 0x36, 0xff},
	{0x87, 0x2f, 0x01, 0xff},
	{0xa7, 0x56, 0x03, 0xff},
	{0x70, 0x45, 0x03, 0xff},
	{0x8d, 0x68, 0x03, 0xff},
	{0x5e, 0x4f, 0x01, 0xff},
	{0x72, 0x74, 0x02, 0xff},
	{0x43, 0x59, 0x03, 0xff},
	{0x36, 0x83, 0x12, 0xff},
	{0x01, 0x60, 0x2f, 0xff},
	{0x08, 0x82, 0x60, 0xff},
	{0x00, 0x5d, 0x51, 0xff},
	{0x02, 0x7f, 0x7e, 0xff},
	{0x06, 0x5b, 0x64, 0xff},
	{0x07, 0x7b, 0x97, 0xff},
	{0x04, 0x57, 0x7a, 0xff},
	{0x05, 0x72, 0xc0, 0xff},
	{0x1d, 0x47, 0xa6, 0xff},
	{0x5a, 0x60, 0xc9, 0xff},
	{0x53, 0x37, 0x9f, 0xff},
	{0x84, 0x51, 0xb8, 0xff},
	{0x73, 0x28, 0x86, 0xff},
	{0xa2, 0x44, 0x97, 0xff},
	{0x88, 0x1a, 0x62, 0xff},
}

// botBackground is a slate that no person gets.
var botBackground = color.RGBA{0x45, 0x4f, 0x5e, 0xff}

// initialSize is the size of the letter in pixels; a capital is about seven
// tenths as high.
const initialSize = 80

// boldFont reads the built-in font once; it is the same for every letter.
var boldFont = sync.OnceValues(func() (*opentype.Font, error) { return opentype.Parse(gobold.TTF) })

// InitialAvatar draws the avatar of somebody who has no picture: the first
// letter of the username, white on a colour that follows from the user's id.
// Equal arguments give equal bytes of PNG.
func InitialAvatar(userID, username string) ([]byte, error) {
	mask, err := initialMask(username)
	if err != nil {
		return nil, fmt.Errorf("draw the avatar of %s: %w", userID, err)
	}
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(userID)) // a hash takes every byte
	return encodePNG(twoTone(mask, backgrounds[hash.Sum32()%uint32(len(backgrounds))]))
}

// BotAvatar is the avatar of bots without a picture, the head of a robot as
// PNG. It is always the same.
func BotAvatar() ([]byte, error) {
	avatar, err := botAvatar()
	return bytes.Clone(avatar), err
}

// botAvatar draws the head once.
var botAvatar = sync.OnceValues(func() ([]byte, error) {
	mask := image.NewAlpha(image.Rect(0, 0, AvatarSide, AvatarSide))
	for y := range AvatarSide {
		for x := range AvatarSide {
			// The distance from the middle of a pixel to the edge of the shape,
			// negative inside, is how much of the pixel is covered.
			covered := 0.5 - robot(point{float64(x) + 0.5, float64(y) + 0.5})
			mask.SetAlpha(x, y, color.Alpha{A: uint8(255*min(max(covered, 0), 1) + 0.5)})
		}
	}
	return encodePNG(twoTone(mask, botBackground))
})

// point is a place or an extent in pixels.
type point struct{ x, y float64 }

// robot is the signed distance of a point to the drawing of a robot's head.
func robot(p point) float64 {
	head := box(p, point{64, 74}, point{34, 26}, 11)
	eyes := min(circle(p, point{51, 68}, 6.5), circle(p, point{77, 68}, 6.5))
	mouth := box(p, point{64, 87}, point{13, 3}, 3)
	ears := min(box(p, point{24, 74}, point{4, 10}, 3), box(p, point{104, 74}, point{4, 10}, 3))
	antenna := min(box(p, point{64, 40}, point{2.5, 10}, 0), circle(p, point{64, 29}, 6.5))
	face := max(head, -eyes, -mouth)
	return min(face, ears, antenna)
}

// circle is the signed distance of a point to a disc.
func circle(p, centre point, radius float64) float64 {
	return math.Hypot(p.x-centre.x, p.y-centre.y) - radius
}

// box is the signed distance of a point to a rectangle with rounded corners,
// given by its centre, half its extent, and the radius of the corners.
func box(p, centre, half point, radius float64) float64 {
	outX := math.Abs(p.x-centre.x) - half.x + radius
	outY := math.Abs(p.y-centre.y) - half.y + radius
	return math.Hypot(max(outX, 0), max(outY, 0)) + min(max(outX, outY), 0) - radius
}

// initialMask draws the first letter of a name in the middle, opaque on clear.
func initialMask(name string) (*image.Alpha, error) {
	bold, err := boldFont()
	if err != nil {
		return nil, fmt.Errorf("read the built-in font: %w", err)
	}
	// A face keeps buffers and serves one goroutine, unlike the font.
	face, err := opentype.NewFace(bold, &opentype.FaceOptions{Size: initialSize, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("scale the built-in font: %w", err)
	}
	letter, err := initial(bold, name)
	if err != nil {
		return nil, err
	}
	bounds, _, _ := face.GlyphBounds(letter)
	// The ink is centred across; along the height every capital stands on one line.
	dot := fixed.Point26_6{
		X: fixed.I(AvatarSide)/2 - (bounds.Min.X+bounds.Max.X)/2,
		Y: (fixed.I(AvatarSide) + face.Metrics().CapHeight) / 2,
	}
	at, glyph, from, _, ok := face.Glyph(dot, letter)
	if !ok {
		return nil, fmt.Errorf("the built-in font cannot draw %q", letter)
	}
	mask := image.NewAlpha(image.Rect(0, 0, AvatarSide, AvatarSide))
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			p := from.Add(image.Pt(x, y).Sub(at.Min))
			mask.Set(x, y, glyph.At(p.X, p.Y))
		}
	}
	return mask, nil
}

// initial is the letter or digit that a name begins with, in upper case, or a
// question mark where there is none or the font does not have it.
func initial(f *opentype.Font, name string) (rune, error) {
	first, _ := utf8.DecodeRuneInString(name)
	if !unicode.IsLetter(first) && !unicode.IsDigit(first) {
		return '?', nil
	}
	first = unicode.ToUpper(first)
	glyph, err := f.GlyphIndex(nil, first)
	if err != nil {
		return 0, fmt.Errorf("look for %q in the built-in font: %w", first, err)
	}
	if glyph == 0 {
		return '?', nil
	}
	return first, nil
}

// twoTone paints a mask white on a background, in sixteen shades, which four
// bits a pixel can hold.
func twoTone(mask *image.Alpha, background color.RGBA) *image.Paletted {
	const top = 15
	shades := make(color.Palette, top+1)
	for i := range shades {
		blend := func(c uint8) uint8 { return uint8((int(c)*(top-i) + 255*i + top/2) / top) }
		shades[i] = color.RGBA{R: blend(background.R), G: blend(background.G), B: blend(background.B), A: 255}
	}
	out := image.NewPaletted(mask.Rect, shades)
	for i, a := range mask.Pix {
		out.Pix[i] = uint8((int(a)*top + 127) / 255)
	}
	return out
}
