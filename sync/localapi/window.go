package localapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// windowLock is the file that the program with the windows holds, beside the
// agent's own: one window a home folder.
const windowLock = "window.lock"

// ErrNoWindow says that no window of this home folder is open.
var ErrNoWindow = errors.New("no window is open")

// ErrWindow says that another process has the window of this home folder.
var ErrWindow = errors.New("another process has the window")

// raiseFor bounds a call to the window: its program may be stuck.
const raiseFor = 3 * time.Second

type showRequest struct {
	Page string `json:"page,omitempty"`
}

// Raise brings the window that is open before the others and shows a page in
// it; an empty one leaves it at the page it is at.
func Raise(ctx context.Context, home, page string) error {
	ctx, cancel := context.WithTimeout(ctx, raiseFor)
	defer cancel()
	c := &Client{http: &http.Client{Transport: &http.Transport{
		DialContext:       func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx, windowAddress(home)) },
		DisableKeepAlives: true,
	}}}
	defer c.Close()
	_, err := call[struct{}](ctx, c, http.MethodPost, "/v1/show", showRequest{Page: page})
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoWindow, err)
	}
	return nil
}

// HoldWindow makes this process the one that has the window of a home folder,
// and calls show for each Raise, on a goroutine of its own. It is ErrWindow
// when another process has it already. Release lets go of it.
func HoldWindow(ctx context.Context, home string, show func(page string), log *slog.Logger) (release func(), err error) {
	lock := flock.New(filepath.Join(home, windowLock), flock.SetPermissions(0o600))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock window: %w", err)
	}
	if !ok {
		return nil, ErrWindow
	}
	l, err := Listen(ctx, windowAddress(home))
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/show", func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		q, err := body[showRequest](r)
		if err == nil {
			go show(q.Page)
		}
		answer(r.Context(), w, struct{}{}, err, log)
	})
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: readHeaders}
	served := make(chan struct{})
	go func() { defer close(served); _ = srv.Serve(l) }() // it ends when it is closed
	var once sync.Once
	return func() {
		once.Do(func() {
			_ = srv.Close()
			<-served
			_ = lock.Close()
		})
	}, nil
}

// OpenWindow is HoldWindow, or brings the window of another process to the front
// at a page; release is nil then. A process that is about to end, or has only
// begun, has the window and does not answer: it is waited for.
func OpenWindow(ctx context.Context, home, page string, show func(page string), log *slog.Logger) (release func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, changing)
	defer cancel()
	again := time.NewTicker(changing / 100)
	defer again.Stop()
	for {
		// What is held outlives the wait for it.
		release, err = HoldWindow(context.WithoutCancel(ctx), home, show, log)
		if !errors.Is(err, ErrWindow) {
			return release, err
		}
		if err = Raise(ctx, home, page); !errors.Is(err, ErrNoWindow) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-again.C:
		}
	}
}

// changing is how long a process may take to begin or to end.
const changing = 5 * time.Second

// windowAddress is where the window of a home folder listens.
func windowAddress(home string) string { return Address(filepath.Join(home, windowLock)) }
