package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"regexp"
	"strings"
	"sync"
	"time"
)

// kinds are the types of files that clients are made of.
var kinds = map[string]string{
	".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".mjs": "text/javascript; charset=utf-8", ".json": "application/json", ".map": "application/json",
	".webmanifest": "application/manifest+json", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8",
	".wasm": "application/wasm", ".woff": "font/woff", ".woff2": "font/woff2", ".ttf": "font/ttf",
	".ico": "image/x-icon", ".png": "image/png", ".gif": "image/gif", ".jpg": "image/jpeg", ".webp": "image/webp",
	".mp3": "audio/mpeg",
}

// Sizes of files between which compressing is worth it.
const (
	packMin = 1 << 10
	packMax = 32 << 20
)

// asset is a file of the client, and how it is sent.
type asset struct {
	name     string
	base     string // the path below which the site lives
	packed   bool   // compressed
	modified time.Time
	size     int64
}

// look finds the file. Hidden ones, and what is no file, are not part of a client.
func (a *asset) look(root *os.Root) error {
	for part := range strings.SplitSeq(a.name, "/") {
		if strings.HasPrefix(part, ".") {
			return fs.ErrNotExist
		}
	}
	info, err := root.Stat(a.name)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fs.ErrNotExist
	}
	a.modified, a.size = info.ModTime(), info.Size()
	return nil
}

// tag names what is sent: equal tags, equal bytes.
func (a *asset) tag() string {
	how := a.base
	if a.packed {
		how += "-gzip"
	}
	return fmt.Sprintf(`"%x-%x%s"`, a.modified.UnixNano(), a.size, how)
}

// hashed are names of files that carry a hash of what is in them.
var hashed = regexp.MustCompile(`(^|[./-])[0-9a-f]{8,}\.`)

// kept says how long a browser keeps the file without asking: as long as it likes when the
// name changes with the file; pictures of emojis, of which there are hundreds, for a day; what
// the client is made of not at all.
func (a *asset) kept() string {
	kind, _, _ := strings.Cut(kinds[path.Ext(a.name)], "/")
	switch {
	case hashed.MatchString(a.name):
		return "public, max-age=31536000, immutable"
	case kind == "image" || kind == "font" || kind == "audio":
		return "public, max-age=86400"
	}
	return "no-cache" // with the tag it costs little to ask again
}

// packable tells whether compressing makes the file smaller.
func (a *asset) packable() bool {
	kind := kinds[path.Ext(a.name)]
	text := strings.HasPrefix(kind, "text/") || strings.Contains(kind, "json") || kind == "image/svg+xml" || kind == "application/wasm"
	return text && a.size >= packMin && a.size <= packMax
}

// moved tells whether the file names others by their path and must follow the site.
func (a *asset) moved() bool {
	return a.base != "" && a.size <= packMax && (a.name == rootPage || a.name == "manifest.json" || path.Ext(a.name) == ".css")
}

// acceptsGzip reads the header Accept-Encoding.
func acceptsGzip(accepted string) bool {
	for part := range strings.SplitSeq(accepted, ",") {
		name, weight, _ := strings.Cut(strings.ReplaceAll(part, " ", ""), ";")
		if strings.EqualFold(name, "gzip") {
			return strings.Trim(strings.TrimPrefix(weight, "q="), "0.") != "" || weight == ""
		}
	}
	return false
}

// workshop keeps what was made of files: compressed, or with other paths in it.
type workshop struct {
	mu   sync.Mutex
	made map[string]*product
	size int64
}

// workshopMax is how many bytes are kept before everything is made anew.
const workshopMax = 64 << 20

// product is made once, however many ask for it at the same time.
type product struct {
	once sync.Once
	body []byte
	err  error
}

// content gives what is sent for a file.
func (s *workshop) content(root *os.Root, a asset) (io.ReadSeekCloser, error) {
	if !a.packed && !a.moved() {
		return root.Open(a.name)
	}
	p := s.product(a.name + a.tag())
	p.once.Do(func() {
		if p.body, p.err = a.make(root); p.err == nil {
			s.keep(int64(len(p.body)))
		}
	})
	if p.err != nil {
		s.drop(a.name + a.tag())
		return nil, p.err
	}
	return nopCloser{bytes.NewReader(p.body)}, nil
}

func (s *workshop) product(key string) *product {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.made[key]
	if p == nil {
		if s.made == nil {
			s.made = map[string]*product{}
		}
		p = &product{}
		s.made[key] = p
	}
	return p
}

// keep counts what was made; when it is too much everything is forgotten.
func (s *workshop) keep(n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.size += n; s.size > workshopMax {
		s.made, s.size = nil, 0
	}
}

func (s *workshop) drop(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.made, key)
}

// make reads the file, moves it to where the site is and compresses it.
func (a asset) make(root *os.Root) ([]byte, error) {
	body, err := root.ReadFile(a.name)
	if err != nil {
		return nil, err
	}
	if a.moved() {
		body = a.move(body)
	}
	if !a.packed {
		return body, nil
	}
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(body); err != nil {
		return nil, err
	}
	err = z.Close()
	return out.Bytes(), err
}

// baseScript is a file that tells the client below which path the site lives. It is no
// inline script, which the page forbids.
const baseScript = "muster-base.js"

var (
	staticPath = regexp.MustCompile(`(["'(=]\s*)/static/`)
	pageHead   = regexp.MustCompile(`(?i)<head[^>]*>`)
)

// move makes the paths in a file those of a site that does not live at the root of its
// host, where clients are built for.
func (a asset) move(body []byte) []byte {
	body = staticPath.ReplaceAll(body, []byte("${1}"+a.base+"/static/"))
	if a.name == rootPage {
		body = pageHead.ReplaceAll(body, []byte(`${0}<script src="`+a.base+`/static/`+baseScript+`"></script>`))
	}
	return body
}

// script sends baseScript.
func script(w http.ResponseWriter, r *http.Request, base string) {
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Content-Type", kinds[".js"])
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader("window.publicPath = '"+base+"/static/';\n"))
}

type nopCloser struct{ io.ReadSeeker }

func (nopCloser) Close() error { return nil }
