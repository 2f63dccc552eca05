package blob

import (
	"bytes"
	"encoding/binary"
	"image/color"
	"slices"
	"strings"
	"testing"
)

// byteOrder is what both binary.BigEndian and binary.LittleEndian can do.
type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// exifOf is Exif metadata with an orientation between two other tags.
func exifOf(order byteOrder, orientation uint16) []byte {
	start := "MM\x00*"
	if order.String() == binary.LittleEndian.String() {
		start = "II*\x00"
	}
	b := order.AppendUint32([]byte(start), 8)
	b = order.AppendUint16(b, 3)
	for _, tag := range [...][2]uint16{{0x010f, 7}, {tagOrientation, orientation}, {0x0128, 2}} {
		b = order.AppendUint16(b, tag[0])
		b = order.AppendUint16(b, typeShort)
		b = order.AppendUint32(b, 1)
		b = order.AppendUint16(b, tag[1])
		b = order.AppendUint16(b, 0)
	}
	return order.AppendUint32(b, 0)
}

func segment(marker byte, content string) string {
	return string(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(content)+2))) + content
}

// withExif puts metadata into a JPEG file, behind a comment and some padding.
func withExif(file, exif []byte) []byte {
	segments := segment(0xe0, "JFIF\x00") + "\xff\xff" + segment(0xfe, "a comment") + segment(0xe1, "Exif\x00\x00"+string(exif))
	return slices.Concat(file[:2], []byte(segments), file[2:])
}

func TestDecodeAvatarTurnsPicturesUpright(t *testing.T) {
	t.Parallel()
	colours := map[rune]color.Color{'R': red, 'G': green, 'B': blue, 'W': white}
	file := encoded(t, "jpeg", quarters(128, 128))
	// By the definition of the tag: 6 says that the first row of the file is
	// the right side of the scene, and the first column its top.
	for orientation, corners := range map[uint16]string{
		1: "RGBW", 2: "GRWB", 3: "WBGR", 4: "BWRG", 5: "RBGW", 6: "BRWG", 7: "WGBR", 8: "GWRB",
		0: "RGBW", 9: "RGBW",
	} {
		for _, order := range []byteOrder{binary.BigEndian, binary.LittleEndian} {
			m := avatarOf(t, withExif(file, exifOf(order, orientation)))
			t.Log("orientation", orientation, order)
			var want []color.Color
			for _, c := range corners {
				want = append(want, colours[c])
			}
			wantCorners(t, m, want...)
		}
	}
}

func TestExifOrientation(t *testing.T) {
	t.Parallel()
	exif := string(exifOf(binary.BigEndian, 6))
	replaced := func(at int, with string) string { return exif[:at] + with + exif[at+len(with):] }
	app1 := func(tiff string) string { return segment(0xe1, "Exif\x00\x00"+tiff) }
	const start = "\xff\xd8"
	for _, tc := range []struct {
		name, file string
		want       int
	}{
		{"metadata at once", start + app1(exif), 6},
		{"metadata behind restart markers", start + "\xff\x01\xff\xd0" + app1(exif), 6},
		{"metadata behind an APP1 of another kind", start + segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00") + app1(exif), 6},
		{"a short APP1 first", start + segment(0xe1, "") + app1(exif), 6},
		{"metadata behind the pixels", start + segment(0xda, "") + app1(exif), 1},
		{"metadata behind the end", start + "\xff\xd9" + app1(exif), 1},
		{"metadata behind too many segments", start + strings.Repeat(segment(0xfe, ""), maxSegments) + app1(exif), 1},
		{"no metadata", start + segment(0xe0, "JFIF\x00"), 1},
		{"an empty file", "", 1},
		{"bytes between segments", start + "x" + app1(exif), 1},
		{"a segment shorter than its length", start + "\xff\xfe\x00\x01" + app1(exif), 1},
		{"another byte order", start + app1(replaced(0, "XX")), 1},
		{"a directory outside", start + app1(replaced(4, "\x00\x00\xff\x00")) + strings.Repeat("x", 1<<16), 1},
		{"a directory that breaks off", start + app1(exif[:20]), 1},
		{"a directory without the tag", start + app1(replaced(9, "\x01")), 1},
		{"an orientation of another type", start + app1(replaced(10+12+3, "\x04")), 1},
		{"two orientations", start + app1(replaced(10+12+7, "\x02")), 1},
	} {
		if got := exifOrientation(bytes.NewReader([]byte(tc.file))); got != tc.want {
			t.Errorf("%s: %d", tc.name, got)
		}
	}
}

func FuzzExif(f *testing.F) {
	for orientation := range uint16(10) {
		f.Add(withExif([]byte{0xff, 0xd8}, exifOf(binary.BigEndian, orientation)))
		f.Add(withExif([]byte{0xff, 0xd8}, exifOf(binary.LittleEndian, orientation)))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if got := exifOrientation(bytes.NewReader(file)); got < 1 || got > 8 {
			t.Errorf("orientation %d", got)
		}
	})
}
