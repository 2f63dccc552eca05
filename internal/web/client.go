// Package web serves what a browser gets that is not the API: the files of a web client
// from a folder that a setting names.
package web

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path"
	"strings"
	"time"

	"muster/internal/config"
)

// rootPage is the page of the client for every address that is not a file of it.
const rootPage = "root.html"

// Client serves the files of a web client: what lies below /static/ as files, every other
// address as its root page, which finds its way by itself.
type Client struct{ Config func() *config.Config }

// ServeHTTP answers with a file of the client, or with a word on how to get one.
func (c *Client) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "There is only something to read here.", http.StatusMethodNotAllowed)
		return
	}
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	dir := c.Config().MusterSettings.ClientDirectory
	if dir == "" {
		c.nothing(w, r)
		return
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		http.Error(w, "The folder of the web client cannot be read.", http.StatusServiceUnavailable)
		return
	}
	defer func() { _ = root.Close() }() // it was only read
	if name, ok := strings.CutPrefix(path.Clean(r.URL.Path), "/static/"); ok {
		h.Set("Cache-Control", "public, max-age=31536000, immutable") // the names carry a hash
		serve(w, r, root, name)
		return
	}
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Content-Security-Policy", "frame-ancestors "+c.framers()+"; script-src 'self'; object-src 'none'; base-uri 'self'")
	serve(w, r, root, rootPage)
}

// framers lists who may show the client in a frame. A list that would end the rule and
// begin another is none.
func (c *Client) framers() string {
	others := c.Config().ServiceSettings.FrameAncestors
	if strings.ContainsAny(others, ";,") {
		others = ""
	}
	return strings.Join(append([]string{"'self'"}, strings.Fields(others)...), " ")
}

// serve sends a file of the folder; nothing outside of it can be reached.
func serve(w http.ResponseWriter, r *http.Request, root *os.Root, name string) {
	f, err := root.Open(name)
	if err != nil {
		missing(w, err)
		return
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		missing(w, fs.ErrNotExist)
		return
	}
	http.ServeContent(w, r, name, info.ModTime(), f)
}

func missing(w http.ResponseWriter, err error) {
	w.Header().Del("Cache-Control")
	if errors.Is(err, fs.ErrPermission) {
		http.Error(w, "The file cannot be read.", http.StatusForbidden)
		return
	}
	http.Error(w, "There is no such file.", http.StatusNotFound)
}

// nothing tells whoever looks at the address of the server that it works.
func (c *Client) nothing(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		http.Error(w, "There is no such page.", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(
		"This is a Muster server. Its API is below /api/v4; point your client at this address.\n"+
			"To serve a web client from here, set MusterSettings.ClientDirectory to the folder of its files.\n"))
}
