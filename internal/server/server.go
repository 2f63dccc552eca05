// Package server puts the parts together: one visible order of building, the
// reverse of it for stopping.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"muster/internal/account"
	"muster/internal/api"
	"muster/internal/audit"
	"muster/internal/blob"
	"muster/internal/config"
	"muster/internal/event"
	"muster/internal/hub"
	"muster/internal/jobs"
	"muster/internal/model"
	"muster/internal/notify"
	"muster/internal/password"
	"muster/internal/store"
	"muster/internal/system"
	"muster/internal/talk"
	"muster/internal/web"
	"muster/internal/workspace"
)

// Options say what to start.
type Options struct {
	ConfigFile string   // path of the configuration file; empty for none
	Environ    []string // NAME=value
	Log        *slog.Logger
	Now        func() time.Time
	// Volatile gives up durability of the database for speed: tests only.
	Volatile bool
	// Sockets are the times and bounds of websockets; zero values stand for the usual ones.
	Sockets hub.Limits
}

// Server is a running Muster.
type Server struct {
	DB        *store.DB
	Accounts  *account.Service
	Workspace *workspace.Service
	Talk      *talk.Service
	Live      *config.Live
	API       *api.API
	Hub       *hub.Hub
	Audit     *audit.Recorder
	Bus       *event.Shared
	URL       string // where it listens, such as http://127.0.0.1:8065

	log        *slog.Logger
	files      blob.Store
	closeFiles func() error // nil where there is nothing to close
	system     *system.Service
	runner     *jobs.Runner
	mailer     *notify.Mailer
	registry   *prometheus.Registry
	servers    []*http.Server
	held       []*os.File // locks of the data folder
	work       sync.WaitGroup
	stopWork   context.CancelFunc
	ready      chan struct{}
}

// Load reads the configuration of a server that is not started.
func Load(o Options) (*config.Loaded, error) {
	return config.Load(config.LoadOptions{File: o.ConfigFile, Environ: o.Environ})
}

// Start builds a server and lets it listen. The error of a broken configuration is
// config.Problems; every other says what could not be opened.
func Start(ctx context.Context, o Options) (*Server, error) {
	spareProcessor(o.Environ)
	s, err := Open(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := s.Accounts.EnterNodes(ctx, s.alone()); err != nil {
		return nil, errors.Join(err, s.Stop(context.WithoutCancel(ctx)))
	}
	s.background()
	if err := s.listen(ctx, &s.Live.Current().Config); err != nil {
		return nil, errors.Join(err, s.Stop(context.WithoutCancel(ctx)))
	}
	close(s.ready)
	return s, nil
}

// Open builds a server that neither listens nor works in the background, for the
// commands that run without one: they ask its API in process. It is to be stopped
// like any other. While a server runs on the data folder the error is ErrRunning.
func Open(ctx context.Context, o Options) (_ *Server, err error) {
	loaded, err := Load(o)
	if err != nil {
		return nil, err
	}
	s := &Server{log: o.Log, ready: make(chan struct{})}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Stop(context.WithoutCancel(ctx)))
		}
	}()
	s.Live = config.NewLive(loaded, config.ClientInfo{
		Version: api.Version, BuildNumber: BuildNumber, BuildHash: BuildHash,
		BuildDate: BuildDate, MaxPostSize: model.AutoReplyMax, SchemaVersion: "1",
	})
	bus := event.NewShared(o.Log)
	s.Bus = bus
	if err := s.open(ctx, o, &loaded.Config, bus); err != nil {
		return nil, err
	}
	if err := s.serve(ctx, o, bus); err != nil {
		return nil, err
	}
	if err := s.join(); err != nil {
		return nil, err
	}
	return s, nil
}

// alone tells whether no other node works on the database.
func (s *Server) alone() bool { return s.Live.Current().Config.MusterSettings.NatsURL.Reveal() == "" }

// join connects the node with the others that work on its database, if there are any.
func (s *Server) join() error {
	now := s.Live.Current()
	if url := now.Config.MusterSettings.NatsURL.Reveal(); url != "" {
		return s.Bus.Join(url, now.Info.DiagnosticID)
	}
	return nil
}

// open makes the data folder and opens the database and the files.
func (s *Server) open(ctx context.Context, o Options, cfg *config.Config, bus event.Bus) (err error) {
	if err := os.MkdirAll(cfg.MusterSettings.DataDirectory, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	if err := s.hold(ctx, cfg); err != nil {
		return err
	}
	opts := StoreOptions(cfg)
	opts.Bus, opts.Volatile = bus, o.Volatile
	if s.DB, err = store.Open(ctx, opts); err != nil {
		return err
	}
	if err := s.DB.Migrate(ctx); err != nil {
		return fmt.Errorf("bring the database to the newest schema: %w", err)
	}
	return s.openFiles(cfg, o.Now())
}

// serve builds the services and the API on them.
func (s *Server) serve(ctx context.Context, o Options, bus event.Bus) error {
	m := s.Live.Current().Config.MusterSettings
	hasher, err := password.New(password.Options{
		MemoryKiB: m.Argon2MemoryKiB, Passes: m.Argon2Passes, Queue: m.HashQueue,
		Workers: cores,
	})
	if err != nil {
		return err
	}
	pictures := blob.NewDecoder(128 << 20) // bytes that pictures take while they are read
	s.Accounts = account.New(account.Options{
		DB: s.DB, Bus: bus, Config: s.config,
		Hasher: hasher, Files: s.files, Pictures: pictures, Now: o.Now, Log: o.Log,
	})
	s.Workspace = workspace.New(workspace.Options{
		DB: s.DB, Bus: bus, Config: s.config,
		Accounts: s.Accounts, Now: o.Now, Log: o.Log,
	})
	s.Talk = talk.New(talk.Options{
		DB: s.DB, Bus: bus, Config: s.config,
		Accounts: s.Accounts, Workspace: s.Workspace, Files: s.files, Pictures: pictures, Now: o.Now, Log: o.Log,
	})
	s.system = system.New(system.Options{
		DB: s.DB, Bus: bus, Files: s.files, Live: s.Live, Now: o.Now, Log: o.Log,
		Load: func(override []byte) (*config.Loaded, error) {
			return config.Load(config.LoadOptions{File: o.ConfigFile, Environ: o.Environ, Override: override})
		},
	})
	if err := s.system.Start(ctx); err != nil {
		return err
	}
	if err := s.Accounts.Bootstrap(ctx); err != nil {
		return fmt.Errorf("store built-in roles: %w", err)
	}
	s.mailer, err = notify.New(notify.Options{DB: s.DB, Config: s.config, Now: o.Now, Log: o.Log})
	if err != nil {
		return err
	}
	s.runner = &jobs.Runner{
		DB: s.DB, Now: o.Now, Log: o.Log,
		Handlers: s.handlers(),
	}
	s.registry = prometheus.NewRegistry()
	s.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "muster_store_statements_total", Help: "Statements the database was asked to run."},
			func() float64 { return float64(s.DB.Statements()) }))
	if err := s.openAudit(o); err != nil {
		return err
	}
	s.Hub = hub.New(hub.Options{Bus: bus, Accounts: s.Accounts, Live: s.Live, Places: s.DB, Typing: s.Workspace.Typing, Busy: s.system.Busy, Now: o.Now, Log: o.Log, Limits: o.Sockets})
	s.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "muster_websockets", Help: "Websockets that are open."},
		func() float64 { return float64(s.Hub.Sockets()) }))
	s.API, err = api.New(api.Options{
		Accounts: s.Accounts, Workspace: s.Workspace, Talk: s.Talk, System: s.system, Hub: s.Hub, Mailer: s.mailer,
		Audit: s.Audit, Live: s.Live, Log: o.Log, Now: o.Now, Metrics: s.registry,
		Pages: &web.Client{Config: s.config},
	})
	return err
}

// config is the configuration as it is now.
func (s *Server) config() *config.Config { return &s.Live.Current().Config }

// handlers are who does the jobs of each kind.
func (s *Server) handlers() map[string]jobs.Handler {
	return map[string]jobs.Handler{
		account.PurgeJob: s.Accounts.Purge, account.ForgetJob: s.Accounts.ForgetRecords, model.MailJob: s.mailer.Send,
		account.GuestsOffJob:   s.Accounts.DeactivateGuests,
		workspace.PurgeTeamJob: s.Workspace.PurgeTeam, workspace.TeamGroupsJob: s.Workspace.LeaveGroups,
		talk.IndexTextsJob: s.Talk.IndexTexts, talk.PurgePostJob: s.Talk.PurgePost, model.ReminderJob: s.Talk.DeliverReminder,
		workspace.PurgeChannelJob: s.Workspace.PurgeChannel, workspace.ConstrainJob: s.Workspace.RemoveOutsiders,
		model.OrphanedBotsJob: s.Workspace.TellOfOrphanedBots,
	}
}

// openAudit opens what records of operations are written to.
func (s *Server) openAudit(o Options) (err error) {
	s.Audit, err = audit.New(audit.Options{
		DB: s.DB, Config: s.config,
		Now: o.Now, Log: o.Log, Metrics: s.registry,
	})
	return err
}

// Figures gives what is measured.
func (s *Server) Figures() prometheus.Gatherer { return s.registry }

// background starts what happens without a request.
func (s *Server) background() {
	ctx, cancel := context.WithCancel(context.Background())
	s.stopWork = cancel
	s.work.Go(func() { s.runner.Run(ctx) })
	s.work.Go(func() { s.system.Follow(ctx) })
	s.work.Go(func() { s.Accounts.FollowPresence(ctx) })
	s.watchGuests(ctx)
	s.every(ctx, 5*time.Second, "store activity", s.Accounts.FlushActivity)
	if !s.alone() {
		s.every(ctx, account.NodePulse, "follow the nodes", s.Accounts.FollowNodes)
	}
	s.every(ctx, time.Minute, "end timed do not disturb", s.Accounts.EndDND)
	s.every(ctx, 24*time.Hour, "remove ended sessions", s.Accounts.CleanSessions)
	s.every(ctx, time.Hour, "remove unused one-time tokens", s.Accounts.CleanTokens)
	s.every(ctx, 24*time.Hour, "remove old jobs", s.runner.Clean)
	s.every(ctx, time.Hour, "remove old audit records", s.Audit.Clean)
	s.every(ctx, time.Hour, "remove files nobody posted", s.Talk.CleanFiles)
}

// soon is when regular work is done for the first time: a server that is started anew
// every day would never come to what is done once a day.
const soon = 5 * time.Minute

// every does something regularly until the context ends.
func (s *Server) every(ctx context.Context, interval time.Duration, what string, do func(context.Context) error) {
	s.work.Go(func() {
		due := time.NewTimer(min(interval, soon))
		defer due.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-due.C:
				due.Reset(interval)
				if err := do(ctx); err != nil && ctx.Err() == nil {
					s.log.ErrorContext(ctx, "regular work failed", "work", what, "error", err)
				}
			}
		}
	})
}

// Stop ends in the reverse order of Start: no new requests, running ones finish,
// then background work, then the database. The context bounds the waiting: what
// is not done by then is cut off, which is an error.
func (s *Server) Stop(ctx context.Context) error {
	errs := []error{s.finishRequests(ctx)}
	if s.Hub != nil {
		s.Hub.Close(ctx)
	}
	if s.stopWork != nil {
		s.stopWork()
		errs = append(errs, s.finishWork(ctx))
	}
	errs = append(errs, s.Audit.Close(ctx))
	if s.Talk != nil {
		s.Talk.Close()
	}
	if s.system != nil {
		s.system.Close()
	}
	if s.Accounts != nil {
		errs = append(errs, s.Accounts.Close(ctx))
	}
	if s.closeFiles != nil {
		errs = append(errs, s.closeFiles())
	}
	if s.Bus != nil {
		s.Bus.Leave()
	}
	if s.DB != nil {
		errs = append(errs, s.DB.Close())
	}
	return errors.Join(append(errs, s.release())...)
}

// finishRequests closes all listeners at once, so that a slow request on one does
// not take the time of the others.
func (s *Server) finishRequests(ctx context.Context) error {
	errs := make([]error, len(s.servers))
	var ends sync.WaitGroup
	for i, h := range s.servers {
		ends.Go(func() {
			if err := h.Shutdown(ctx); err != nil {
				errs[i] = errors.Join(fmt.Errorf("cut off requests that did not finish in time: %w", err), h.Close())
			}
		})
	}
	ends.Wait()
	return errors.Join(errs...)
}

// finishWork waits for the background work, whose context has ended.
func (s *Server) finishWork(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		s.work.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("leave background work that did not end in time: %w", ctx.Err())
	}
}

// httpServer is how every listener of ours treats its clients.
func (s *Server) httpServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 5 * time.Minute, WriteTimeout: 5 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
}

func (s *Server) run(h http.Handler, l net.Listener) {
	srv := s.httpServer(h)
	s.servers = append(s.servers, srv)
	go func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("listener failed", "address", l.Addr().String(), "error", err)
		}
	}()
}
