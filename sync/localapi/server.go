package localapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Times of the connection. A status poll answers before pollFor has passed
// even when nothing changed, so that a dead peer is noticed.
const (
	pollFor     = 25 * time.Second
	readHeaders = 5 * time.Second
	stopWithin  = 3 * time.Second
	maxBody     = 1 << 20
)

// Serve offers an Agent on a listener until ctx ends. The listener is one that
// only the same user can reach (see Listen).
func Serve(ctx context.Context, l net.Listener, a Agent, log *slog.Logger) error {
	return listenTo(ctx, l, routes(a, log))
}

func listenTo(ctx context.Context, l net.Listener, h http.Handler) error {
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: readHeaders,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
		defer cancel()
		if srv.Shutdown(end) != nil {
			_ = srv.Close() // who has not finished by now is cut off
		}
	})
	err := srv.Serve(l)
	if !stop() {
		<-stopped
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// routes is the table of calls: one line a method of Agent.
func routes(a Agent, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, do func(r *http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			v, err := do(r)
			answer(r.Context(), w, v, err, log)
		})
	}
	handle("GET /v1/status", func(r *http.Request) (any, error) { return pollStatus(r, a) })
	handle("POST /v1/preview", func(r *http.Request) (any, error) {
		q, err := body[PreviewRequest](r)
		if err != nil {
			return nil, err
		}
		return a.Preview(r.Context(), q)
	})
	handle("GET /v1/preview/last", func(r *http.Request) (any, error) { return a.LastPreview(r.Context()) })
	handle("POST /v1/preview/except", with(func(ctx context.Context, q exceptRequest) (struct{}, error) {
		return struct{}{}, a.LeaveOut(ctx, q.Rows)
	}))
	handle("POST /v1/preview/detail", with(a.Detail))
	handle("POST /v1/stop", func(r *http.Request) (any, error) { return struct{}{}, a.Stop(r.Context()) })
	handle("POST /v1/sync", func(r *http.Request) (any, error) {
		q, err := body[SyncRequest](r)
		if err != nil {
			return nil, err
		}
		return a.Sync(r.Context(), q)
	})
	handle("GET /v1/people", func(r *http.Request) (any, error) { return a.People(r.Context()) })
	handle("POST /v1/people", func(r *http.Request) (any, error) {
		q, err := body[switchRequest](r)
		if err != nil {
			return nil, err
		}
		return a.Switch(r.Context(), q.Address, q.On, q.By)
	})
	handle("POST /v1/people/optout", with(func(ctx context.Context, q switchRequest) (Person, error) {
		return a.OptOut(ctx, q.Address, q.On, q.By)
	}))
	handle("POST /v1/takeover", func(r *http.Request) (any, error) {
		q, err := body[takeOverRequest](r)
		if err != nil {
			return nil, err
		}
		return a.TakeOver(r.Context(), q.Who)
	})
	handle("POST /v1/pause", func(r *http.Request) (any, error) {
		q, err := body[pauseRequest](r)
		if err != nil {
			return nil, err
		}
		return struct{}{}, a.Pause(r.Context(), q.Until)
	})
	handle("GET /v1/runs", func(r *http.Request) (any, error) {
		n, err := number(r, "limit")
		if err != nil {
			return nil, err
		}
		return a.Runs(r.Context(), int(n))
	})
	handle("GET /v1/runs/{run}/changes", func(r *http.Request) (any, error) {
		n, err := strconv.ParseInt(r.PathValue("run"), 10, 64)
		if err != nil {
			return nil, &Error{Code: CodeUsage, Message: "a run is named by its number"}
		}
		return a.Changes(r.Context(), n)
	})
	handle("POST /v1/undo/preview", with(a.PreviewUndo))
	handle("POST /v1/undo", with(a.Undo))
	handle("POST /v1/notices", with(a.Notices))
	handle("POST /v1/notify", with(a.Notify))
	handle("POST /v1/decisions", with(a.Decisions))
	handle("POST /v1/resolve", with(a.Resolve))
	handle("POST /v1/resume", with(a.Resume))
	handle("POST /v1/keep", with(a.Keep))
	handle("POST /v1/doctor", with(func(ctx context.Context, q DoctorRequest) (DoctorReport, error) {
		ctx, cancel := context.WithTimeout(ctx, pollFor)
		defer cancel()
		return a.Doctor(ctx, q)
	}))
	if q, ok := a.(Quitter); ok {
		handle("POST /v1/quit", func(r *http.Request) (any, error) { return struct{}{}, q.Quit(r.Context()) })
	}
	handle("POST /v1/script", with(a.Script))
	setupRoutes(handle, a)
	handle("GET /v1/handover", func(r *http.Request) (any, error) { return a.Handover(r.Context()) })
	handle("POST /v1/diagnostics", with(a.Diagnostics))
	prefsRoutes(handle, a)
	handle("POST /v1/addressbooks", with(a.AddressBooks))
	demoRoutes(handle, a)
	return mux
}

// with is a call that takes one request as its body.
func with[Q, A any](do func(context.Context, Q) (A, error)) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		q, err := body[Q](r)
		if err != nil {
			return nil, err
		}
		return do(r.Context(), q)
	}
}

type switchRequest struct {
	Address string `json:"address"`
	On      bool   `json:"on"`
	By      string `json:"by"`
}

type exceptRequest struct {
	Rows map[string][]string `json:"rows"`
}

type takeOverRequest struct {
	Who []string `json:"who,omitempty"`
}

type pauseRequest struct {
	Until time.Time `json:"until,omitzero"`
}

func pollStatus(r *http.Request, a Agent) (any, error) {
	after, err := number(r, "after")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), pollFor)
	defer cancel()
	s, err := a.Status(ctx, uint64(after)) //nolint:gosec // number refuses negative ones
	if errors.Is(err, context.DeadlineExceeded) {
		err = nil // nothing changed: the last status stands
	}
	return s, err
}

func number(r *http.Request, name string) (int64, error) {
	s := r.URL.Query().Get(name)
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0, &Error{Code: CodeUsage, Message: name + " must be a whole number"}
	}
	return n, nil
}

func body[T any](r *http.Request) (T, error) {
	var v T
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return v, &Error{Code: CodeUsage, Message: "the request is not what this version of Lockstep expects"}
	}
	return v, nil
}

func answer(ctx context.Context, w http.ResponseWriter, v any, err error, log *slog.Logger) {
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		e, ok := errors.AsType[*Error](err)
		if !ok {
			e = &Error{Code: CodeFailed, Message: err.Error()}
		}
		w.WriteHeader(http.StatusUnprocessableEntity)
		v = e
	}
	if err := json.NewEncoder(w).Encode(v); err != nil {
		log.DebugContext(ctx, "answer not delivered", "err", err)
	}
}
