// Package web serves what a browser gets that is not the API: the files of a web client
// from a folder that a setting names.
package web

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"muster/internal/config"
)

// rootPage is the page of the client for every address that is not a file of it.
const rootPage = "root.html"

// Client serves the files of a web client: what lies below /static/ as files, every other
// address as its root page, which finds its way by itself.
type Client struct {
	Config func() *config.Config

	made workshop
}

// ServeHTTP answers with a file of the client, or with a word on how to get one.
func (c *Client) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "There is only something to read here.", http.StatusMethodNotAllowed)
		return
	}
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	if s := c.Config().ServiceSettings; s.TLSStrictTransport {
		h.Set("Strict-Transport-Security", "max-age="+strconv.Itoa(s.TLSStrictTransportMaxAge))
	}
	dir := c.Config().MusterSettings.ClientDirectory
	if dir == "" {
		c.nothing(w, r)
		return
	}
	// For every file: a page among them could be shown in a frame as well as the root page.
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Content-Security-Policy", "frame-ancestors "+c.framers()+"; script-src 'self'; object-src 'none'; base-uri 'self'")
	root, err := os.OpenRoot(dir)
	if err != nil {
		http.Error(w, "The folder of the web client cannot be read.", http.StatusServiceUnavailable)
		return
	}
	defer func() { _ = root.Close() }() // it was only read
	base := c.base()
	name, file := strings.CutPrefix(path.Clean(r.URL.Path), "/static/")
	switch {
	case !file:
		c.serve(w, r, root, asset{name: rootPage, base: base})
	case base != "" && name == baseScript:
		script(w, r, base)
	default:
		c.serve(w, r, root, asset{name: name, base: base})
	}
}

// plainPath is a path that can stand in pages and scripts as it is.
var plainPath = regexp.MustCompile(`^[/A-Za-z0-9._~-]+$`)

// base is the path below which the site lives, empty at the root of its host.
func (c *Client) base() string {
	site := c.Config().SitePath()
	if !plainPath.MatchString(site) {
		return ""
	}
	return strings.TrimSuffix(site, "/")
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
func (c *Client) serve(w http.ResponseWriter, r *http.Request, root *os.Root, a asset) {
	if err := a.look(root); err != nil {
		missing(w, err)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", a.kept())
	if kind := kinds[path.Ext(a.name)]; kind != "" { // which must not depend on the machine
		h.Set("Content-Type", kind)
	}
	if a.packable() {
		h.Set("Vary", "Accept-Encoding")
		a.packed = r.Header.Get("Range") == "" && acceptsGzip(r.Header.Get("Accept-Encoding"))
	}
	h.Set("ETag", a.tag())
	content, err := c.made.content(root, a)
	if err != nil {
		missing(w, err)
		return
	}
	defer func() { _ = content.Close() }() // it was only read
	if a.packed {
		h.Set("Content-Encoding", "gzip")
	}
	http.ServeContent(w, r, a.name, a.modified, content)
}

// missing says that there is no file; nobody keeps that answer.
func missing(w http.ResponseWriter, err error) {
	w.Header().Del("Cache-Control")
	w.Header().Del("ETag")
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
