package blob

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"time"

	"golang.org/x/image/bmp"
	"golang.org/x/image/draw"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
	"golang.org/x/sync/semaphore"
)

var (
	// ErrLimits says that a file is not a picture of a known format, or has
	// more bytes or pixels than allowed.
	ErrLimits = errors.New("not a picture within the limits")
	// ErrDecode says that a file begins like a picture and cannot be decoded.
	ErrDecode = errors.New("the picture cannot be decoded")
)

// AvatarSide is the width and height of every avatar in pixels.
const AvatarSide = 128

// decodeTime bounds the work on one picture. Some formats let a few bytes ask
// for a pass over all pixels, so that neither bytes nor pixels bound it.
const decodeTime = 10 * time.Second

// Limits bound the pictures that are accepted.
type Limits struct {
	Bytes  int64 // of the file
	Pixels int64 // width times height
}

// Decoder decodes foreign pictures. It is safe for concurrent use.
type Decoder struct {
	memory int64
	free   *semaphore.Weighted
}

// NewDecoder makes a decoder whose pictures take about so many bytes of memory
// at a time; more of them wait. A single picture that would need more than all
// of it is decoded alone.
func NewDecoder(memory int64) *Decoder {
	return &Decoder{memory: memory, free: semaphore.NewWeighted(memory)}
}

// admit looks at the header of a picture, refuses one with too many pixels, and waits
// until there is memory to decode it, which release gives back.
func (d *Decoder) admit(ctx context.Context, r io.ReaderAt, size int64, limits Limits) (f format, release func(), err error) {
	f, config, err := header(ctx, r, size)
	if err != nil {
		return f, nil, orEnded(ctx, fmt.Errorf("%w: %w", ErrLimits, err))
	}
	pixels := int64(config.Width) * int64(config.Height)
	if pixels <= 0 || pixels > limits.Pixels {
		return f, nil, fmt.Errorf("%w: %d by %d pixels", ErrLimits, config.Width, config.Height)
	}
	room := min(pixels*f.pixelBytes+fixedBytes, d.memory)
	if err := d.free.Acquire(ctx, room); err != nil {
		return f, nil, fmt.Errorf("wait for memory for a picture: %w", err)
	}
	return f, func() { d.free.Release(room) }, nil
}

// DecodeAvatar turns a picture of size bytes into an avatar: upright, cut to
// its centred square, scaled, as a PNG without metadata. Equal pictures give
// equal bytes. PNG, JPEG, GIF (its first frame), WebP, BMP and TIFF are known.
//
// Errors are ErrLimits, ErrDecode, or that of ctx. The file should be at hand,
// on disk or in memory, since the room for its pixels is kept while it is read.
func (d *Decoder) DecodeAvatar(ctx context.Context, r io.ReaderAt, size int64, limits Limits) ([]byte, error) {
	if size > limits.Bytes {
		return nil, fmt.Errorf("%w: %d bytes", ErrLimits, size)
	}
	f, release, err := d.admit(ctx, r, size, limits)
	if err != nil {
		return nil, err
	}
	defer release()
	avatar, err := thumbnail(ctx, f, r, size)
	if err != nil {
		return nil, orEnded(ctx, fmt.Errorf("%w: %w", ErrDecode, err))
	}
	if f.name == "jpeg" {
		avatar = upright(avatar, exifOrientation(io.NewSectionReader(r, 0, size)))
	}
	return encodePNG(avatar)
}

// orEnded tells a request that has ended from a picture at fault.
func orEnded(ctx context.Context, err error) error {
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("decode a picture: %w", ended)
	}
	return err
}

// format is a kind of picture.
type format struct {
	name       string
	magic      string // how a file begins; '?' is any byte
	config     func(io.Reader) (image.Config, error)
	decode     func(io.Reader) (image.Image, error)
	random     bool  // reads all over the file
	pixelBytes int64 // memory for a pixel in the worst case
}

// fixedBytes is the memory that a picture takes whatever its size.
const fixedBytes = 1 << 20

// formats are listed here, not taken from package image, where any import may
// register more. Memory: progressive JPEG keeps its coefficients, PNG and TIFF
// may have 16 bits a sample beside a buffer, TIFF may index every pixel.
var formats = [...]format{
	{"png", "\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode, false, 13},
	{"jpeg", "\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode, false, 25},
	{"gif", "GIF87a", gif.DecodeConfig, gif.Decode, false, 2},
	{"gif", "GIF89a", gif.DecodeConfig, gif.Decode, false, 2},
	{"webp", "RIFF????WEBPVP8", webp.DecodeConfig, webp.Decode, false, 13},
	{"bmp", "BM", bmp.DecodeConfig, bmp.Decode, false, 5},
	{"tiff", "II*\x00", tiff.DecodeConfig, tiff.Decode, true, 33},
	{"tiff", "MM\x00*", tiff.DecodeConfig, tiff.Decode, true, 33},
}

func sniff(start []byte) (format, error) {
	for _, f := range formats {
		if matches(f.magic, start) {
			return f, nil
		}
	}
	return format{}, errors.New("unknown format")
}

func matches(magic string, start []byte) bool {
	if len(start) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '?' && magic[i] != start[i] {
			return false
		}
	}
	return true
}

// header finds the format and the dimensions and allocates nothing for pixels.
func header(ctx context.Context, r io.ReaderAt, size int64) (f format, config image.Config, err error) {
	ctx, cancel := context.WithTimeout(ctx, decodeTime)
	defer cancel()
	defer catch(&err)
	start := make([]byte, min(16, size))
	if _, err := r.ReadAt(start, 0); err != nil && !errors.Is(err, io.EOF) {
		return format{}, image.Config{}, err
	}
	if f, err = sniff(start); err != nil {
		return format{}, image.Config{}, err
	}
	config, err = f.config(newSource(ctx, f, r, size))
	return f, config, err
}

// thumbnail decodes a picture and scales its centred square.
func thumbnail(ctx context.Context, f format, r io.ReaderAt, size int64) (small *image.RGBA, err error) {
	ctx, cancel := context.WithTimeout(ctx, decodeTime)
	defer cancel()
	defer catch(&err)
	full, err := f.decode(newSource(ctx, f, r, size))
	if err != nil {
		return nil, err
	}
	b := full.Bounds()
	side := min(b.Dx(), b.Dy())
	if side == 0 {
		return nil, errors.New("an empty frame")
	}
	corner := b.Min.Add(image.Pt((b.Dx()-side)/2, (b.Dy()-side)/2))
	square := image.Rectangle{Min: corner, Max: corner.Add(image.Pt(side, side))}
	small = image.NewRGBA(image.Rect(0, 0, AvatarSide, AvatarSide))
	draw.CatmullRom.Scale(small, small.Bounds(), full, square, draw.Src, nil)
	return small, nil
}

// catch makes a panic of a decoder an error: foreign bytes must not end a
// background job, let alone the process.
func catch(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the decoder panicked: %v", p)
	}
}

func encodePNG(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		return nil, fmt.Errorf("encode an avatar: %w", err)
	}
	return b.Bytes(), nil
}

// source feeds a decoder until its time is over. A format that reads all over
// the file may do so about once, or its tables could send it over the same
// bytes millions of times.
type source struct {
	ctx  context.Context
	file *io.SectionReader
	left int64 // bytes it still gives
}

func newSource(ctx context.Context, f format, r io.ReaderAt, size int64) io.Reader {
	s := &source{ctx: ctx, file: io.NewSectionReader(r, 0, size), left: 2*size + 64<<10}
	if f.random {
		return s
	}
	return bufio.NewReaderSize(s, 32<<10)
}

func (s *source) Read(p []byte) (int, error) {
	return s.count(func() (int, error) { return s.file.Read(p) })
}

// ReadAt is what the decoder of a random format uses.
func (s *source) ReadAt(p []byte, off int64) (int, error) {
	return s.count(func() (int, error) { return s.file.ReadAt(p, off) })
}

func (s *source) count(read func() (int, error)) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	if s.left < 0 {
		return 0, errors.New("the same bytes are asked for again and again")
	}
	n, err := read()
	s.left -= int64(n)
	return n, err
}
