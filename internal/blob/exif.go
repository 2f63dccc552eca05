package blob

import (
	"encoding/binary"
	"image"
	"io"
)

// Markers of a JPEG file.
const (
	markerTEM  = 0x01 // stands alone, as the restart markers do
	markerRST0 = 0xd0
	markerSOI  = 0xd8
	markerEOI  = 0xd9
	markerSOS  = 0xda // the pixels follow, and no more metadata
	markerAPP1 = 0xe1
)

const (
	maxSegments    = 256 // looked at for metadata; cameras write about ten
	maxTags        = 512 // looked at for the orientation
	tagOrientation = 0x0112
	typeShort      = 3
)

// exifOrientation tells how a JPEG file wants to be turned, as the Exif values
// 1 (as it is) to 8. Metadata that is missing or broken means 1.
func exifOrientation(r io.ReaderAt) int {
	at := int64(2) // behind the marker that begins the file
	for range maxSegments {
		var b [10]byte
		n, _ := r.ReadAt(b[:], at)
		if n < 4 || b[0] != 0xff {
			return 1
		}
		switch marker := b[1]; {
		case marker == 0xff: // padding
			at++
			continue
		case marker == markerTEM, markerRST0 <= marker && marker <= markerSOI:
			at += 2
			continue
		case marker == markerEOI, marker == markerSOS:
			return 1
		}
		length := int64(binary.BigEndian.Uint16(b[2:])) // counts itself
		if length < 2 {
			return 1
		}
		if b[1] == markerAPP1 && n == len(b) && length >= 8 && string(b[4:]) == "Exif\x00\x00" {
			return tiffOrientation(io.NewSectionReader(r, at+10, length-8))
		}
		at += 2 + length
	}
	return 1
}

// tiffOrientation finds the orientation in the first directory of TIFF tags,
// the form that Exif metadata has.
func tiffOrientation(r io.ReaderAt) int {
	var head [8]byte
	if _, err := r.ReadAt(head[:], 0); err != nil {
		return 1
	}
	var order binary.ByteOrder
	switch string(head[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := int64(order.Uint32(head[4:]))
	var count [2]byte
	if _, err := r.ReadAt(count[:], at); err != nil {
		return 1
	}
	for i := range min(int64(order.Uint16(count[:])), maxTags) {
		var tag [12]byte // id, type, number of values, value
		if n, _ := r.ReadAt(tag[:], at+2+12*i); n < len(tag) {
			return 1
		}
		if order.Uint16(tag[:]) != tagOrientation {
			continue
		}
		value := int(order.Uint16(tag[8:]))
		if order.Uint16(tag[2:]) != typeShort || order.Uint32(tag[4:]) != 1 || value < 1 || value > 8 {
			return 1
		}
		return value
	}
	return 1
}

// upright turns a picture as its orientation asks; from 5 on width and height change places.
func upright(m *image.RGBA, orientation int) *image.RGBA {
	if orientation == 1 {
		return m
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation > 4 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			fromX, fromY := x, y
			switch orientation {
			case 2:
				fromX = w - 1 - x
			case 3:
				fromX, fromY = w-1-x, h-1-y
			case 4:
				fromY = h - 1 - y
			case 5:
				fromX, fromY = y, x
			case 6:
				fromX, fromY = y, h-1-x
			case 7:
				fromX, fromY = w-1-y, h-1-x
			case 8:
				fromX, fromY = w-1-y, x
			}
			out.SetRGBA(x, y, m.RGBAAt(fromX, fromY))
		}
	}
	return out
}
