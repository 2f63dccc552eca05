package blob

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"io"

	"golang.org/x/image/draw"
)

// Box is the greatest width and height of a picture that is made smaller.
type Box struct{ Width, Height int }

// previewQuality is the JPEG quality of smaller pictures.
const previewQuality = 85

// Size gives the dimensions of a picture without decoding it. Errors are as with DecodeAvatar.
func (d *Decoder) Size(ctx context.Context, r io.ReaderAt, size int64) (width, height int, err error) {
	_, config, err := header(ctx, r, size)
	if err != nil {
		return 0, 0, orEnded(ctx, fmt.Errorf("%w: %w", ErrLimits, err))
	}
	return config.Width, config.Height, nil
}

// Previews makes smaller pictures of one, each as large as fits into its box and never
// larger than the picture itself, upright, as JPEGs without metadata on a white ground. It
// is decoded once. Errors are as with DecodeAvatar.
func (d *Decoder) Previews(ctx context.Context, r io.ReaderAt, size int64, limits Limits, boxes ...Box) ([][]byte, error) {
	f, release, err := d.admit(ctx, r, size, limits)
	if err != nil {
		return nil, err
	}
	defer release()
	out, err := scaled(ctx, f, r, size, boxes)
	if err != nil {
		return nil, orEnded(ctx, fmt.Errorf("%w: %w", ErrDecode, err))
	}
	return out, nil
}

// scaled decodes a picture and fits it into boxes.
func scaled(ctx context.Context, f format, r io.ReaderAt, size int64, boxes []Box) (out [][]byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, decodeTime)
	defer cancel()
	defer catch(&err)
	full, err := f.decode(newSource(ctx, f, r, size))
	if err != nil {
		return nil, err
	}
	turned := 1
	if f.name == "jpeg" {
		turned = exifOrientation(io.NewSectionReader(r, 0, size))
	}
	for _, box := range boxes {
		if turned > 4 { // width and height change places
			box.Width, box.Height = box.Height, box.Width
		}
		small := fit(full, box)
		var b bytes.Buffer
		if err := jpeg.Encode(&b, upright(small, turned), &jpeg.Options{Quality: previewQuality}); err != nil {
			return nil, err
		}
		out = append(out, b.Bytes())
	}
	return out, nil
}

// fit scales a picture down into a box, on white where it is transparent.
func fit(full image.Image, box Box) *image.RGBA {
	b := full.Bounds()
	w, h := b.Dx(), b.Dy()
	if w > box.Width {
		w, h = box.Width, max(1, h*box.Width/w)
	}
	if h > box.Height {
		w, h = max(1, w*box.Height/h), box.Height
	}
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(small, small.Bounds(), full, b, draw.Over, nil)
	return small
}
