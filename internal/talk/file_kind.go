package talk

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"muster/internal/blob"
	"muster/internal/fault"
	"muster/internal/model"
)

// Parts of a picture's folder beside its content.
const (
	thumbnailPart = "thumbnail.jpg"
	previewPart   = "preview.jpg"
)

// How large smaller pictures are at most.
var (
	thumbnailBox = blob.Box{Width: 240, Height: 200}
	previewBox   = blob.Box{Width: 1920, Height: 8192}
)

// mediaTypes are the types of files by extension. The list is ours, so that every machine says the same.
var mediaTypes = map[string]string{
	"txt": "text/plain; charset=utf-8", "md": "text/markdown; charset=utf-8", "csv": "text/csv; charset=utf-8",
	"log": "text/plain; charset=utf-8", "html": "text/html; charset=utf-8", "htm": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
	"js": "text/javascript; charset=utf-8", "json": "application/json", "xml": "text/xml; charset=utf-8", "pdf": "application/pdf",
	"zip": "application/zip", "gz": "application/gzip", "tar": "application/x-tar", "7z": "application/x-7z-compressed",
	"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp", "bmp": "image/bmp",
	"tif": "image/tiff", "tiff": "image/tiff", "svg": "image/svg+xml", "ico": "image/x-icon", "heic": "image/heic",
	"mp3": "audio/mpeg", "ogg": "audio/ogg", "wav": "audio/wav", "m4a": "audio/mp4", "flac": "audio/flac",
	"mp4": "video/mp4", "webm": "video/webm", "mov": "video/quicktime", "avi": "video/x-msvideo", "mkv": "video/x-matroska",
	"doc": "application/msword", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"xls": "application/vnd.ms-excel", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"ppt": "application/vnd.ms-powerpoint", "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	"odt": "application/vnd.oasis.opendocument.text", "ods": "application/vnd.oasis.opendocument.spreadsheet",
}

// mediaType gives the type of a file with an extension.
func mediaType(extension string) string {
	if t := mediaTypes[extension]; t != "" {
		return t
	}
	return "application/octet-stream"
}

// pictures are the types that are decoded, to make smaller pictures of them.
const pictures = " image/png image/jpeg image/gif image/webp image/bmp image/tiff "

// describe finds out what a stored file is, and stores smaller pictures of a picture.
// One that cannot be decoded is a file like any other.
func (s *Service) describe(ctx context.Context, f *model.FileInfo, large string) error {
	f.Extension = model.Extension(f.Name)
	f.MimeType = mediaType(f.Extension)
	if !strings.Contains(pictures, " "+f.MimeType+" ") {
		return nil
	}
	content, _, err := s.Files.Open(ctx, f.Key())
	if err != nil {
		return errContent(err)
	}
	defer func() { _ = content.Close() }() // it was only read
	at := readerAt(content)
	limits := blob.Limits{Bytes: f.Size, Pixels: s.Config().FileSettings.MaxImageResolution}
	w, h, err := s.Pictures.Size(ctx, at, f.Size)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return nil
	case int64(w)*int64(h) > limits.Pixels:
		return fault.New(fault.Invalid, large)
	}
	small, err := s.Pictures.Previews(ctx, at, f.Size, limits, thumbnailBox, previewBox)
	if errors.Is(err, blob.ErrDecode) || errors.Is(err, blob.ErrLimits) {
		return nil
	}
	if err != nil {
		return err
	}
	for i, part := range []string{thumbnailPart, previewPart} {
		if err := s.Files.Put(ctx, f.Folder()+part, bytes.NewReader(small[i]), int64(len(small[i]))); err != nil {
			return err
		}
	}
	f.Width, f.Height, f.HasPreviewImage = w, h, true
	return nil
}

// readerAt reads anywhere in a content.
func readerAt(content io.ReadSeeker) io.ReaderAt {
	if at, ok := content.(io.ReaderAt); ok {
		return at
	}
	return seekingReader{content}
}

// seekingReader is an io.ReaderAt for one user at a time.
type seekingReader struct{ io.ReadSeeker }

func (s seekingReader) ReadAt(p []byte, off int64) (int, error) {
	if _, err := s.Seek(off, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(s.ReadSeeker, p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}
