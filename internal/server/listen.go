package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"muster/internal/api"
	"muster/internal/config"
)

// What this binary is. The release build sets them.
var (
	BuildNumber = "dev"
	BuildHash   = ""
	BuildDate   = ""
)

// ControlSocket is the socket in the data folder over which the commands of this
// binary reach a running server.
func ControlSocket(cfg *config.Config) string {
	return filepath.Join(cfg.MusterSettings.DataDirectory, "muster.sock")
}

// listen opens every listener, the public one last: whoever reaches it finds a
// server that is complete.
func (s *Server) listen(ctx context.Context, cfg *config.Config) error {
	if err := s.listenSocket(ctx, ControlSocket(cfg), s.API.Control()); err != nil {
		return err
	}
	if cfg.ServiceSettings.EnableLocalMode {
		if err := s.listenSocket(ctx, cfg.ServiceSettings.LocalModeSocketLocation, s.API.Local()); err != nil {
			return err
		}
	}
	if cfg.MetricsSettings.Enable {
		l, err := listenTCP(ctx, cfg.MetricsSettings.ListenAddress)
		if err != nil {
			return fmt.Errorf("listen for metrics: %w", err)
		}
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{}))
		s.run(mux, l)
	}
	l, err := listenTCP(ctx, cfg.ServiceSettings.ListenAddress)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	s.URL = "http://" + l.Addr().String()
	s.run(s.public(), l)
	return nil
}

func listenTCP(ctx context.Context, address string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("another program uses the address %s: end it or choose another address: %w", address, err)
	}
	return l, err
}

// listenSocket opens a socket only its owner may use. A socket left by a server
// that died is replaced; one somebody listens on is not.
func (s *Server) listenSocket(ctx context.Context, path string, h http.Handler) error {
	if len(path) > socketPathMax {
		return fmt.Errorf("listen on %s: the path of a socket may have %d bytes at most: choose a folder with a shorter one", path, socketPathMax)
	}
	var d net.Dialer
	if c, err := d.DialContext(ctx, "unix", path); err == nil {
		_ = c.Close() // it only had to open
		return fmt.Errorf("%w: it listens on %s", ErrRunning, path)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("replace old socket: %w", err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		return fmt.Errorf("listen on socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return errors.Join(fmt.Errorf("protect socket: %w", err), l.Close())
	}
	s.run(h, l)
	return nil
}

// public is what the network sees: the API, and the two answers for who watches the server.
func (s *Server) public() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if h := s.system.Health(r.Context()); !h.Database || !h.Files {
			plain(w, http.StatusServiceUnavailable, "database or files do not answer")
			return
		}
		plain(w, http.StatusOK, "ready")
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.Path) > 1 && (r.URL.Path == "/healthz" || r.URL.Path == "/readyz") {
			mux.ServeHTTP(w, r)
			return
		}
		s.API.ServeHTTP(w, r)
	})
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n")) // whoever asked may have gone
}

var _ http.Handler = (*api.API)(nil)
