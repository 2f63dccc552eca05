package blob

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/draw"
	"golang.org/x/image/tiff"
)

// quarters is a picture whose centred square has a colour in each quarter, with
// black beside the square.
func quarters(width, height int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(m, m.Bounds(), image.Black, image.Point{}, draw.Src)
	half := min(width, height) / 2
	x, y := width/2, height/2
	for c, r := range map[color.RGBA]image.Rectangle{
		red: image.Rect(x-half, y-half, x, y), green: image.Rect(x, y-half, x+half, y),
		blue: image.Rect(x-half, y, x, y+half), white: image.Rect(x, y, x+half, y+half),
	} {
		draw.Draw(m, r, image.NewUniform(c), image.Point{}, draw.Src)
	}
	return m
}

func solid(width, height int, c color.Color) *image.Paletted {
	return image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{c, color.Black})
}

// encoded is a picture as a file of one format.
func encoded(t testing.TB, format string, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch format {
	case "png":
		err = png.Encode(&b, m)
	case "jpeg":
		err = jpeg.Encode(&b, m, &jpeg.Options{Quality: 95})
	case "gif":
		err = gif.Encode(&b, m, nil)
	case "bmp":
		err = bmp.Encode(&b, m)
	case "tiff":
		err = tiff.Encode(&b, m, &tiff.Options{Compression: tiff.Deflate, Predictor: true})
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// webpOf is a lossless WebP file of one colour; it has 45 bytes whatever its size.
func webpOf(width, height int, c color.RGBA) []byte {
	var bits, n uint
	var data []byte
	write := func(value, count uint) {
		for i := range count {
			bits |= value >> i & 1 << n
			if n++; n == 8 {
				data = append(data, byte(bits))
				bits, n = 0, 0
			}
		}
	}
	write(0x2f, 8)
	write(uint(width-1), 14)
	write(uint(height-1), 14)
	write(0, 1+3+1+1+1) // alpha hint, version, no transform, no colour cache, one set of codes
	for _, symbol := range []uint8{c.G, c.R, c.B, c.A, 0} {
		write(0b101, 3) // a code of a single symbol of eight bits
		write(uint(symbol), 8)
	}
	write(0, 7)
	if len(data)%2 == 1 {
		data = append(data, 0)
	}
	file := append([]byte("RIFF\x00\x00\x00\x00WEBPVP8L\x00\x00\x00\x00"), data...)
	binary.LittleEndian.PutUint32(file[4:], uint32(len(file)-8))
	binary.LittleEndian.PutUint32(file[16:], uint32(len(data)))
	return file
}

// tiffOf is a TIFF file of 8-bit grey whose strips, one for each row of one
// pixel, all have the same packed bytes.
func tiffOf(width, height int, strip []byte, strips int) []byte {
	const tags = 8
	stripAt := 8 + 2 + 12*tags + 4
	tableAt := stripAt + len(strip)
	le := binary.LittleEndian
	b := le.AppendUint32([]byte("II*\x00"), 8)
	b = le.AppendUint16(b, tags)
	tag := func(id uint16, count, value int) {
		b = le.AppendUint16(b, id)
		b = le.AppendUint16(b, 4) // a LONG
		b = le.AppendUint32(b, uint32(count))
		b = le.AppendUint32(b, uint32(value))
	}
	tag(256, 1, width)
	tag(257, 1, height)
	tag(258, 1, 8)     // bits of a sample
	tag(259, 1, 32773) // PackBits
	tag(262, 1, 1)     // black is zero
	tag(273, strips, tableAt)
	tag(278, 1, 1) // rows of a strip
	tag(279, strips, tableAt+4*strips)
	b = le.AppendUint32(b, 0)
	b = append(b, strip...)
	for range strips {
		b = le.AppendUint32(b, uint32(stripAt))
	}
	for range strips {
		b = le.AppendUint32(b, uint32(len(strip)))
	}
	return b
}

// bombs are short files that claim 60000 by 60000 pixels, or the most their
// format can say.
func bombs(t testing.TB) map[string][]byte {
	t.Helper()
	pngFile := encoded(t, "png", solid(1, 1, red))
	binary.BigEndian.PutUint32(pngFile[16:], 60000)
	binary.BigEndian.PutUint32(pngFile[20:], 60000)
	binary.BigEndian.PutUint32(pngFile[29:], crc32.ChecksumIEEE(pngFile[12:29]))
	jpegFile := encoded(t, "jpeg", solid(1, 1, red))
	frame := bytes.Index(jpegFile, []byte{0xff, 0xc0})
	copy(jpegFile[frame+5:], "\xea\x60\xea\x60")
	gifFile := encoded(t, "gif", solid(1, 1, red))
	copy(gifFile[6:], "\x60\xea\x60\xea")
	bmpFile := encoded(t, "bmp", solid(1, 1, red))
	binary.LittleEndian.PutUint32(bmpFile[18:], 60000)
	binary.LittleEndian.PutUint32(bmpFile[22:], 60000)
	return map[string][]byte{
		"png": pngFile, "jpeg": jpegFile, "gif": gifFile, "bmp": bmpFile,
		"webp": webpOf(16384, 16384, red), "tiff": tiffOf(60000, 60000, []byte{0, 0}, 1),
	}
}
