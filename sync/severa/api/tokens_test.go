package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func emptyList(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, "[]")
}

func TestSignIn_SendsJSONWithCommaScopesAndClientIdHeader(t *testing.T) {
	f := newFakeServer(t, emptyList)
	c := newTestClient(t, f.URL)
	if _, _, err := All(c.Activities(t.Context(), ActivityQuery{})); err != nil {
		t.Fatal(err)
	}
	got := f.requests[0]
	want := `{"client_id":"client-1","client_secret":"` + testSecret + `","scope":"activities:read,activities:write,activities:delete,users:read,settings:read"}`
	if got.Path != "/rest-api/v1/token" || got.Method != http.MethodPost {
		t.Errorf("first request = %s %s, want POST /rest-api/v1/token", got.Method, got.Path)
	}
	if diff := cmp.Diff(want, got.Body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if auth := got.Header.Get("Authorization"); auth != "" {
		t.Errorf("sign-in carries Authorization %q, want none", auth)
	}
	call := f.seen(http.MethodGet)[0]
	if got, want := call.Header.Get("Authorization"), "Bearer "+testToken+"-1"; got != want {
		t.Errorf("Authorization = %q, want %q", got, want)
	}
	if got, want := call.Header.Get("Client_Id"), "client-1"; got != want {
		t.Errorf("Client_Id = %q, want %q", got, want)
	}
	if got, want := call.Header.Get("User-Agent"), "Lockstep"; got != want {
		t.Errorf("User-Agent = %q, want %q", got, want)
	}
}

// clock is a settable clock.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC).UnixNano())
	return c
}
func (c *clock) now() time.Time          { return time.Unix(0, c.at.Load()) }
func (c *clock) advance(d time.Duration) { c.at.Add(int64(d)) }

func TestToken_IsRenewedWithinFiveMinutesOfItsEnd(t *testing.T) {
	f := newFakeServer(t, emptyList)
	k := newClock()
	c := newTestClient(t, f.URL, func(o *Options) { o.Now = k.now })
	steps := []struct {
		advance time.Duration
		want    int
	}{{0, 1}, {54 * time.Minute, 1}, {time.Minute + time.Second, 2}, {10 * time.Minute, 2}}
	for i, s := range steps {
		k.advance(s.advance)
		if _, _, err := All(c.Activities(t.Context(), ActivityQuery{})); err != nil {
			t.Fatal(err)
		}
		if got := f.signIns(); got != s.want {
			t.Errorf("step %d: sign-ins = %d, want %d", i, got, s.want)
		}
	}
}

func TestToken_ShortLifeDoesNotAskForEachCall(t *testing.T) {
	f := newFakeServer(t, emptyList)
	f.grant = func(w http.ResponseWriter, _ int) { grantToken(w, "short", "", 60) }
	k := newClock()
	c := newTestClient(t, f.URL, func(o *Options) { o.Now = k.now })
	for range 3 {
		if _, _, err := All(c.Activities(t.Context(), ActivityQuery{})); err != nil {
			t.Fatal(err)
		}
		k.advance(8 * time.Second)
	}
	if got, want := f.signIns(), 1; got != want {
		t.Errorf("sign-ins = %d, want %d", got, want)
	}
}

func TestCall_RenewsTokenOnceOn401AndSendsAgain(t *testing.T) {
	f := newFakeServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+testToken+"-2" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"guid":"a1","name":"x"}`)
	})
	c := newTestClient(t, f.URL)
	a, err := c.CreateActivity(t.Context(), aDraft())
	if err != nil {
		t.Fatal(err)
	}
	if a.GUID != "a1" {
		t.Errorf("guid = %q, want a1", a.GUID)
	}
	if got, want := len(f.seen(http.MethodPost)), 2; got != want {
		t.Errorf("posts = %d, want %d", got, want)
	}
}

func TestCall_SecondUnauthorizedIsAuthAndEndsThere(t *testing.T) {
	f := newFakeServer(t, reply(http.StatusUnauthorized, "", ""))
	c := newTestClient(t, f.URL)
	_, err := c.Activity(t.Context(), "a1")
	wantClass(t, err, Auth)
	if got, want := len(f.seen("")), 2; got != want {
		t.Errorf("requests = %d, want %d", got, want)
	}
}

func TestSignIn_StopsAfterTwoRefusals(t *testing.T) {
	f := newFakeServer(t, emptyList)
	f.grant = func(w http.ResponseWriter, _ int) { w.WriteHeader(http.StatusUnauthorized) }
	c := newTestClient(t, f.URL)
	for i := range 4 {
		_, err := c.Activity(t.Context(), "a1")
		e := wantClass(t, err, Auth)
		if e.Sent {
			t.Errorf("call %d: Sent = true, want false", i)
		}
		if got, want := errors.Is(err, ErrSignInStopped), i >= 2; got != want {
			t.Errorf("call %d: stopped = %v, want %v (%v)", i, got, want, err)
		}
	}
	if got, want := f.signIns(), 2; got != want {
		t.Errorf("sign-ins = %d, want %d", got, want)
	}
}

func TestSignIn_ConcurrentCallersShareOneAttempt(t *testing.T) {
	for _, fail := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			gate := make(chan struct{})
			var signIns atomic.Int32
			c := newTestClient(t, "https://api.example.test", func(o *Options) {
				o.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
					rec := httptest.NewRecorder()
					switch {
					case !strings.HasSuffix(r.URL.Path, "/token"):
						emptyList(rec, r)
					case fail:
						signIns.Add(1)
						<-gate
						rec.WriteHeader(http.StatusUnauthorized)
					default:
						signIns.Add(1)
						<-gate
						grantToken(rec, "t", "", 3600)
					}
					return rec.Result(), nil
				})
			})
			errs := make([]error, 6)
			var wg sync.WaitGroup
			for i := range errs {
				wg.Go(func() { _, _, errs[i] = All(c.Activities(t.Context(), ActivityQuery{})) })
			}
			synctest.Wait() // one asks, the others wait for it
			close(gate)
			wg.Wait()
			if got, want := signIns.Load(), int32(1); got != want {
				t.Errorf("fail=%v: sign-ins = %d, want %d", fail, got, want)
			}
			for _, err := range errs {
				if (err != nil) != fail {
					t.Errorf("fail=%v: error = %v", fail, err)
				}
			}
		})
	}
}

func TestSignIn_FailureIsSharedByThoseWhoWaited(t *testing.T) {
	s := newTokenSource()
	_, seen, _ := s.valid(time.Time{})
	s.settle(token{}, &Error{Op: "sign in", Class: Auth})
	if got := s.failedSince(seen); got == nil {
		t.Error("a waiter from before the failure tries again, want it to share the failure")
	}
	if got := s.failedSince(seen + 1); got != nil {
		t.Errorf("a caller from after the failure gets %v, want a new attempt", got)
	}
}

func TestSignIn_ErrorsByStatus(t *testing.T) {
	tests := []struct {
		name   string
		status int
		ctype  string
		body   string
		class  Class
		counts bool // as a refused sign-in
	}{
		{"unauthorized", 401, "", "", Auth, true},
		{"bad request", 400, "application/json", exceptionBody(InvalidParameter, "client_secret"), Auth, true},
		{"forbidden", 403, "", "", Auth, true},
		{"scope", 403, "application/json", exceptionBody(InsufficientAPIScope, "scope"), ScopeMissing, false},
		{"terms", 403, "application/json", exceptionBody(TermsOfServiceNotApproved, ""), Forbidden, false},
		{"throttled", 429, "text/plain", "API calls quota exceeded! maximum admitted 10 per 1s.", Throttled, false},
		{"server error", 500, "", "", Unavailable, false},
		{"maintenance", 503, "text/html", "<html>", Unavailable, false},
		{"wrong address", 404, "", "", Protocol, false},
		{"redirect", 302, "", "", Protocol, false},
		{"page", 200, "text/html", "<html></html>", Protocol, false},
		{"empty", 200, "application/json", "", Protocol, false},
		{"rfc 6749 names", 200, "application/json", `{"token":"x","expires_in":3600}`, Protocol, false},
		{"token with a line break", 200, "application/json", `{"access_token":"x\ny"}`, Protocol, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFakeServer(t, emptyList)
			f.grant = func(w http.ResponseWriter, _ int) { reply(tt.status, tt.ctype, tt.body)(w, nil) }
			g := &countingGuard{}
			c := newTestClient(t, f.URL, func(o *Options) { o.Guard = g })
			_, err := c.CreateActivity(t.Context(), aDraft())
			e := wantClass(t, err, tt.class)
			if e.Sent {
				t.Error("Sent = true, want false: the activity never left")
			}
			if got, want := g.failed == 1, tt.counts; got != want {
				t.Errorf("counted as refused = %v, want %v", got, want)
			}
			if strings.Contains(err.Error(), testSecret) || strings.Contains(err.Error(), "Jane") {
				t.Errorf("error text leaks: %v", err)
			}
			if got := len(f.seen(http.MethodPost)); got != 0 {
				t.Errorf("posts = %d, want 0", got)
			}
		})
	}
}

type countingGuard struct{ failed, succeeded int }

func (g *countingGuard) Allow(context.Context) error     { return nil }
func (g *countingGuard) Failed(context.Context) error    { g.failed++; return nil }
func (g *countingGuard) Succeeded(context.Context) error { g.succeeded++; return nil }

func TestScope_MissingFromGrantIsNamedAndNothingIsSent(t *testing.T) {
	for _, sep := range []string{",", ", ", " "} {
		f := newFakeServer(t, emptyList)
		f.grant = func(w http.ResponseWriter, _ int) {
			grantToken(w, "t", strings.Join([]string{"activities:read", "users:read", "settings:read"}, sep), 3600)
		}
		c := newTestClient(t, f.URL)
		if _, _, err := All(c.Activities(t.Context(), ActivityQuery{})); err != nil {
			t.Fatalf("reading with activities:read: %v", err)
		}
		e := wantClass(t, c.DeleteActivity(t.Context(), "a1"), ScopeMissing)
		if diff := cmp.Diff([]string{"activities:delete"}, e.Scopes); diff != "" {
			t.Errorf("scopes (-want +got):\n%s", diff)
		}
		if e.Sent || len(f.seen(http.MethodDelete)) != 0 {
			t.Error("the delete was sent, want it stopped before")
		}
		if !strings.Contains(e.Error(), "activities:delete") {
			t.Errorf("text %q does not name the scope", e.Error())
		}
		e = wantClass(t, c.CheckScopes(t.Context()), ScopeMissing)
		if diff := cmp.Diff([]string{"activities:write", "activities:delete"}, e.Scopes); diff != "" {
			t.Errorf("checked scopes (-want +got):\n%s", diff)
		}
	}
}

func TestScope_UnreadableGrantLeavesTheDecisionToTheServer(t *testing.T) {
	f := newFakeServer(t, reply(http.StatusForbidden, "application/json", exceptionBody(InsufficientAPIScope, "")))
	f.grant = func(w http.ResponseWriter, _ int) { grantToken(w, "t", "AllOfThem", 3600) }
	c := newTestClient(t, f.URL)
	e := wantClass(t, c.DeleteActivity(t.Context(), "a1"), ScopeMissing)
	if diff := cmp.Diff([]string{"activities:delete"}, e.Scopes); diff != "" || e.Status != 403 {
		t.Errorf("status %d, scopes (-want +got):\n%s", e.Status, diff)
	}
}

func TestGrant_LifeFallsBackToTheInstantAgainstTheServersClock(t *testing.T) {
	asked := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) // a local clock that is years off
	a := &answer{status: 200, header: http.Header{"Date": {"Mon, 02 Mar 2026 08:00:00 GMT"}}}
	for body, want := range map[string]time.Duration{
		`{"access_token":"t","access_token_expires_utc":"2026-03-02T09:00:00Z"}`: 55 * time.Minute,
		`{"access_token":"t","access_token_expires_in":"3600"}`:                  55 * time.Minute,
		`{"access_token":"t","access_token_expires_in":18446744073709551615}`:    maxTokenLife - renewBefore,
		`{"access_token":"t"}`: unknownLife / 2,
	} {
		a.body = []byte(body)
		got, err := readGrant(a, asked, nil)
		if err != nil {
			t.Fatal(err)
		}
		if d := got.renewAt.Sub(asked); d != want {
			t.Errorf("%s: renewed after %v, want %v", body, d, want)
		}
	}
}
