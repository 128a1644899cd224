package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestErrors_ByStatusAndType(t *testing.T) {
	js, html, text := "application/json", "text/html", "text/plain"
	tests := []struct {
		name        string
		status      int
		ctype, body string
		read, write Class
	}{
		{"404 empty", 404, "", "", NotFound, NotFound},
		{"404 exception", 404, js, exceptionBody(InvalidParameter, "guid"), NotFound, NotFound},
		{"404 problem details", 404, "application/problem+json", `{"title":"Not Found","status":404}`, NotFound, NotFound},
		{"404 of a gateway", 404, html, "<html>not found</html>", Protocol, OutcomeUnknown},
		{"404 of a web server", 404, text, "404 page not found", Protocol, OutcomeUnknown},
		{"404 permission", 404, js, exceptionBody(PermissionDenied, ""), Forbidden, Forbidden},
		{"410", 410, "", "", NotFound, NotFound},
		{"400", 400, js, exceptionBody(InvalidParameter, "startDateTime"), Invalid, Invalid},
		{"400 of a proxy", 400, html, "<html>", Invalid, Invalid},
		{"400 scope", 400, js, exceptionBody(InsufficientAPIScope, ""), ScopeMissing, ScopeMissing},
		{"400 licence", 400, js, exceptionBody(UserLicenseType, ""), Forbidden, Forbidden},
		{"409", 409, "", "", Invalid, Invalid},
		{"422", 422, "", "", Invalid, Invalid},
		{"403 permission", 403, js, exceptionBody(PermissionDenied, ""), Forbidden, Forbidden},
		{"403 scope", 403, js, exceptionBody(InsufficientAPIScope, ""), ScopeMissing, ScopeMissing},
		{"403 unknown type", 403, js, exceptionBody("NewKindOfRefusal", ""), Forbidden, Forbidden},
		{"401", 401, js, exceptionBody(AuthenticationRequired, ""), Auth, Auth},
		{"401 odd type", 401, js, exceptionBody(InvalidRequest, ""), Auth, Auth},
		{"407", 407, "", "", Unavailable, Unavailable},
		{"408", 408, "", "", Unavailable, OutcomeUnknown},
		{"429", 429, text, "API calls quota exceeded! maximum admitted 10 per 1s.", Throttled, Throttled},
		{"500", 500, js, exceptionBody(InternalSystemError, ""), Unavailable, OutcomeUnknown},
		{"500 bare", 500, "", "", Unavailable, OutcomeUnknown},
		{"500 with a named refusal", 500, js, exceptionBody(InvalidOperation, ""), Invalid, Invalid},
		{"502", 502, html, "<html>", Unavailable, OutcomeUnknown},
		{"503", 503, "", "", Unavailable, OutcomeUnknown},
		{"503 with a type", 503, js, exceptionBody(InvalidOperation, ""), Unavailable, OutcomeUnknown},
		{"504", 504, "", "", Unavailable, OutcomeUnknown},
		{"302", 302, "", "", Protocol, OutcomeUnknown},
		{"202", 202, js, "{}", Protocol, OutcomeUnknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFakeServer(t, reply(tt.status, tt.ctype, tt.body))
			c := newTestClient(t, f.URL)
			_, err := c.Activity(t.Context(), "a1")
			e := wantClass(t, err, tt.read)
			if !e.Sent || e.Status != tt.status || e.Op != "get activity" {
				t.Errorf("read: %+v, want sent, status %d", e, tt.status)
			}
			c = newTestClient(t, f.URL) // a pacer without the pause
			before := len(f.seen(http.MethodPost))
			_, err = c.CreateActivity(t.Context(), aDraft())
			wantClass(t, err, tt.write)
			posts := 1
			if tt.write == Auth {
				posts = 2
			}
			if got := len(f.seen(http.MethodPost)) - before; got != posts {
				t.Errorf("posts = %d, want %d", got, posts)
			}
			if strings.Contains(err.Error(), "Jane") || strings.Contains(err.Error(), "Site visit") {
				t.Errorf("text leaks: %v", err)
			}
		})
	}
}

func TestWrites_SuccessThatCannotBeReadIsOutcomeUnknown(t *testing.T) {
	create := func(ctx context.Context, c *Client) error { _, err := c.CreateActivity(ctx, aDraft()); return err }
	remove := func(ctx context.Context, c *Client) error { return c.DeleteActivity(ctx, "a1") }
	tests := []struct {
		name        string
		status      int
		ctype, body string
		call        func(context.Context, *Client) error
	}{
		{"create page", 200, "text/html", "<html>", create},
		{"create empty", 201, "application/json", "", create},
		{"create truncated", 201, "application/json", `{"guid":"c3`, create},
		{"create without id", 201, "application/json", `{"name":"x"}`, create},
		{"create list", 201, "application/json", `[]`, create},
		{"create accepted", 202, "application/json", `{"guid":"c3"}`, create},
		{"delete page", 200, "text/html", "<html>", remove},
		{"delete empty 200", 200, "", "", remove},
		{"delete accepted", 202, "", "", remove},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFakeServer(t, reply(tt.status, tt.ctype, tt.body))
			e := wantClass(t, tt.call(t.Context(), newTestClient(t, f.URL)), OutcomeUnknown)
			if !e.Sent || len(f.seen("")) != 1 {
				t.Errorf("sent = %v, requests = %d, want one request", e.Sent, len(f.seen("")))
			}
		})
	}
}

func TestThrottled_CarriesRetryAfterAndPausesEveryClientOfThePacer(t *testing.T) {
	f := newFakeServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	p := NewPacer(time.Now)
	share := func(o *Options) { o.Pacer = p }
	_, err := newTestClient(t, f.URL, share).CreateActivity(t.Context(), aDraft())
	e := wantClass(t, err, Throttled)
	if got, want := e.RetryAfter, 2*time.Minute; got != want || !e.Sent {
		t.Errorf("retry after = %v, sent = %v, want %v, true", got, e.Sent, want)
	}
	_, err = newTestClient(t, f.URL, share).Activity(t.Context(), "a1")
	e = wantClass(t, err, Throttled)
	if e.Sent || e.RetryAfter < time.Minute || e.RetryAfter > 2*time.Minute {
		t.Errorf("second client: sent = %v, retry after = %v, want an unsent error with the rest of the pause", e.Sent, e.RetryAfter)
	}
	if got, want := len(f.seen("")), 1; got != want {
		t.Errorf("requests = %d, want %d", got, want)
	}
}

func TestThrottled_WithoutRetryAfterWaitsTheQuotasSecond(t *testing.T) {
	f := newFakeServer(t, reply(429, "text/plain", "quota"))
	_, err := newTestClient(t, f.URL).Activity(t.Context(), "a1")
	if e := wantClass(t, err, Throttled); e.RetryAfter != time.Second {
		t.Errorf("retry after = %v, want 1s", e.RetryAfter)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC) // a local clock that is wrong
	date := "Mon, 02 Mar 2026 08:00:00 GMT"
	for value, want := range map[string]time.Duration{
		"": 0, "5": 5 * time.Second, " 2.5 ": 2500 * time.Millisecond, "-3": 0, "NaN": 0, "1e300": maxRetryAfter, "soon": 0,
		"Mon, 02 Mar 2026 08:00:30 GMT": 30 * time.Second, "Mon, 02 Mar 2026 07:00:00 GMT": 0, "Tue, 02 Mar 2027 08:00:00 GMT": maxRetryAfter,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}, "Date": {date}}, now); got != want {
			t.Errorf("Retry-After %q = %v, want %v", value, got, want)
		}
	}
}

func TestError_TextSaysWhatAndWhyWithoutContent(t *testing.T) {
	f := newFakeServer(t, reply(400, "application/json", exceptionBody(InvalidParameter, "startDateTime")))
	_, err := newTestClient(t, f.URL).CreateActivity(t.Context(), aDraft())
	if got, want := err.Error(), "create activity: invalid (HTTP 400, InvalidParameter, parameter startDateTime)"; got != want {
		t.Errorf("text = %q, want %q", got, want)
	}
	for _, name := range []string{"Meeting with Jane", "jane@example.test", strings.Repeat("x", 65), "näme"} {
		f := newFakeServer(t, reply(400, "application/json", exceptionBody("Type with "+ExceptionType(name), name)))
		_, err := newTestClient(t, f.URL).CreateActivity(t.Context(), aDraft())
		if e := asError(t, err); e.Parameter != "" || e.Type != "" {
			t.Errorf("type = %q, parameter = %q, want both dropped", e.Type, e.Parameter)
		}
	}
}

func TestError_WholeOrganisation(t *testing.T) {
	for _, tt := range []struct {
		e    Error
		want bool
	}{
		{Error{Class: Forbidden, Type: TermsOfServiceNotApproved}, true},
		{Error{Class: Forbidden, Type: AddonMissing}, true},
		{Error{Class: Forbidden, Type: PermissionDenied}, false},
		{Error{Class: Invalid, Type: InvalidAPIVersion}, true},
		{Error{Class: Invalid, Type: InvalidParameter}, false},
		{Error{Class: Auth}, true},
		{Error{Class: ScopeMissing}, true},
		{Error{Class: NotFound, Type: AddonMissing}, false},
		{Error{Class: OutcomeUnknown}, false},
	} {
		if got := tt.e.WholeOrganisation(); got != tt.want {
			t.Errorf("%v %s: %v, want %v", tt.e.Class, tt.e.Type, got, tt.want)
		}
	}
}

func TestClass_EveryValueHasAName(t *testing.T) {
	seen := map[string]bool{}
	for c := Unavailable; c <= HostUnknown; c++ {
		if s := c.String(); seen[s] || strings.HasPrefix(s, "class ") {
			t.Errorf("class %d is called %q", int(c), s)
		} else {
			seen[s] = true
		}
	}
	if got, want := Class(99).String(), "class 99"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSecret_IsNeverPrinted(t *testing.T) {
	o := Options{BaseURL: "https://example.test", ClientID: "id", Secret: NewSecret(testSecret), Now: time.Now}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&b, nil))
	log.Info("x", slog.Any("secret", o.Secret), slog.Any("client", c))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		_, _ = fmt.Fprintf(&b, verb+verb+verb+"\n", o.Secret, o, c)
	}
	text, _ := o.Secret.MarshalText()
	b.Write(text)
	b.WriteString(o.Secret.String())
	for _, leak := range []string{testSecret, fmt.Sprintf("%x", testSecret)} {
		if strings.Contains(b.String(), leak) {
			t.Errorf("the secret is in the output:\n%s", b.String())
		}
	}
	if !strings.Contains(b.String(), redacted) {
		t.Error("no REDACTED in the output")
	}
}

func TestLog_HoldsNoContent(t *testing.T) {
	var b bytes.Buffer
	f := newFakeServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, `[{"guid":"u1","email":"jane@example.test","firstName":"Jane"}]`)
			return
		}
		w.WriteHeader(201)
		_, _ = io.WriteString(w, `{"guid":"c3","name":"Site visit","notes":"bring plans"}`)
	})
	c := newTestClient(t, f.URL, func(o *Options) {
		o.Log = slog.New(slog.NewJSONHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	if _, err := c.UserByEmail(t.Context(), "jane@example.test"); err != nil {
		t.Fatal(err)
	}
	a, err := c.CreateActivity(t.Context(), aDraft())
	if err != nil {
		t.Fatal(err)
	}
	c.opts.Log.Info("x", slog.Any("activity", a), slog.Any("user", User{Email: "jane"}), slog.Any("participant", Participant{Name: "Jane"}))
	for _, leak := range []string{"ane", "Site", "plans", testSecret, testToken} {
		if strings.Contains(b.String(), leak) {
			t.Errorf("%q is in the log:\n%s", leak, b.String())
		}
	}
	if got, want := strings.Count(b.String(), "severa request"), 3; got != want {
		t.Errorf("log lines = %d, want %d", got, want)
	}
}

func TestError_UnwrapsItsCause(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f := newFakeServer(t, emptyList)
	_, err := newTestClient(t, f.URL).CreateActivity(ctx, aDraft())
	if e := wantClass(t, err, Unavailable); e.Sent || !errors.Is(err, context.Canceled) {
		t.Errorf("error = %+v, want an unsent, cancelled one", e)
	}
	if diff := cmp.Diff(0, len(f.requests)); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}
