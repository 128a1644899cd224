package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// busyServer refuses the first requests of a kind and serves the rest. It is a transport, so that
// its client's waits run in a synctest bubble.
type busyServer struct {
	refusals map[string]int // by "METHOD path ending"
	status   int
	after    string // Retry-After
	asked    []string
}

func (b *busyServer) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	call := r.Method + " " + r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	b.asked = append(b.asked, call)
	switch {
	case b.refusals[call] > 0:
		b.refusals[call]--
		if b.after != "" {
			rec.Header().Set("Retry-After", b.after)
		}
		rec.WriteHeader(b.status)
	case call == "POST token":
		grantToken(rec, "t", "", 3600)
	case r.Method == http.MethodPost:
		rec.WriteHeader(http.StatusCreated)
		_, _ = rec.WriteString(`{"guid":"a1"}`)
	case r.Method == http.MethodDelete:
		rec.WriteHeader(http.StatusNoContent)
	default:
		_, _ = rec.WriteString(`{"guid":"a1"}`)
	}
	return rec.Result(), nil
}

func TestCall_SitsOutAShortRefusal(t *testing.T) {
	read := func(ctx context.Context, c *Client) error { _, err := c.Activity(ctx, "a1"); return err }
	create := func(ctx context.Context, c *Client) error { _, err := c.CreateActivity(ctx, aDraft()); return err }
	patch := func(ctx context.Context, c *Client) error {
		_, err := c.PatchActivity(ctx, "a1", []PatchOp{Replace("/name", "x")})
		return err
	}
	remove := func(ctx context.Context, c *Client) error { return c.DeleteActivity(ctx, "a1") }
	const served = Class(-1)
	for _, tt := range []struct {
		name     string
		refused  string
		times    int
		status   int
		after    string
		do       func(context.Context, *Client) error
		class    Class
		requests int
		took     time.Duration
	}{
		{"quota of a read", "GET a1", 1, 429, "1", read, served, 2, time.Second},
		{"quota without a time", "GET a1", 2, 429, "", read, served, 3, 2 * time.Second},
		{"quota of a sign-in", "POST token", 1, 429, "2", read, served, 1, 2 * time.Second},
		{"outage of a sign-in", "POST token", 1, 503, "2", read, served, 1, 2 * time.Second},
		{"outage of a read", "GET a1", 1, 503, "5", read, served, 2, 5 * time.Second},
		{"outage without a time", "GET a1", 1, 503, "", read, Unavailable, 1, 0},
		{"no end", "GET a1", 99, 429, "1", read, Throttled, 5, 4 * time.Second},
		{"long", "GET a1", 1, 429, "6", read, Throttled, 1, 0},
		{"long sign-in", "POST token", 1, 429, "60", read, Throttled, 0, 0},
		{"quota of a new entry", "POST activities", 1, 429, "1", create, served, 2, time.Second},
		{"outage under a new entry", "POST activities", 1, 503, "1", create, OutcomeUnknown, 1, 0},
		{"quota of a change", "PATCH a1", 1, 429, "1", patch, Throttled, 1, 0},
		{"quota of a deletion", "DELETE a1", 1, 429, "1", remove, Throttled, 1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &busyServer{refusals: map[string]int{tt.refused: tt.times}, status: tt.status, after: tt.after}
				c := newTestClient(t, "https://api.example.test", func(o *Options) { o.Transport, o.Repeats = s, 0 })
				start := time.Now()
				err := tt.do(t.Context(), c)
				if tt.class == served && err != nil {
					t.Errorf("error = %v, want none", err)
				}
				if tt.class != served {
					wantClass(t, err, tt.class)
				}
				signIns := 0
				for _, call := range s.asked {
					if call == "POST token" {
						signIns++
					}
				}
				if got := len(s.asked) - signIns; got != tt.requests {
					t.Errorf("requests = %d, want %d (%v)", got, tt.requests, s.asked)
				}
				if got := time.Since(start); got != tt.took {
					t.Errorf("it took %v, want %v", got, tt.took)
				}
			})
		})
	}
}

func TestCall_AWaitThatIsCutShortSendsNothingMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &busyServer{refusals: map[string]int{"POST activities": 1}, status: 429, after: "3"}
		c := newTestClient(t, "https://api.example.test", func(o *Options) { o.Transport, o.Repeats = s, 0 })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := c.CreateActivity(ctx, aDraft())
		if e := wantClass(t, err, Unavailable); e.Sent {
			t.Error("Sent = true for a create that was refused and then given up")
		}
		if want := []string{"POST token", "POST activities"}; !slices.Equal(s.asked, want) {
			t.Errorf("asked %v, want %v", s.asked, want)
		}
	})
}
