package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	testSecret = "s3cret-of-the-office"
	testToken  = "tok-0123456789"
)

// fakeServer answers the token route by itself and hands all else to handle. It records requests.
type fakeServer struct {
	*httptest.Server
	mu       sync.Mutex
	requests []seenRequest
	tokens   int
	grant    func(w http.ResponseWriter, n int) // n counts from 1
}

type seenRequest struct {
	Method, Path, Query, Body string
	Header                    http.Header
}

func newFakeServer(t *testing.T, handle http.HandlerFunc) *fakeServer {
	t.Helper()
	f := &fakeServer{grant: func(w http.ResponseWriter, n int) {
		grantToken(w, fmt.Sprintf("%s-%d", testToken, n), strings.Join(DefaultScopes(), ","), 3600)
	}}
	f.Server = httptest.NewServer(f.handler(handle))
	t.Cleanup(f.Close)
	return f
}

func (f *fakeServer) handler(handle http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		f.mu.Lock()
		f.requests = append(f.requests, seenRequest{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, string(body), r.Header.Clone()})
		sign := strings.HasSuffix(r.URL.Path, "/v1/token")
		if sign {
			f.tokens++
		}
		n, grant := f.tokens, f.grant
		f.mu.Unlock()
		if sign {
			grant(w, n)
			return
		}
		handle(w, r)
	})
}

func (f *fakeServer) seen(method string) []seenRequest {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []seenRequest
	for _, r := range f.requests {
		if (method == "" || r.Method == method) && !strings.HasSuffix(r.Path, "/v1/token") {
			out = append(out, r)
		}
	}
	return out
}

func (f *fakeServer) signIns() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.tokens
}

func grantToken(w http.ResponseWriter, value, scope string, life int) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"access_token": value, "access_token_type": "Bearer", "access_token_expires_in": life, "scope": scope, "refresh_token": "r",
	})
}

// newTestClient reports each refusal as it comes; the waits for a moment's refusal have tests of their own.
func newTestClient(t *testing.T, base string, change ...func(*Options)) *Client {
	t.Helper()
	o := Options{BaseURL: base + "/rest-api", ClientID: "client-1", Secret: NewSecret(testSecret), Now: time.Now, Repeats: -1}
	for _, f := range change {
		f(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	t.Cleanup(c.Close)
	return c
}

func asError(t *testing.T, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error = %v (%T), want *Error", err, err)
	}
	return e
}

func wantClass(t *testing.T, err error, want Class) *Error {
	t.Helper()
	e := asError(t, err)
	if e.Class != want {
		t.Fatalf("class = %v, want %v (error: %v)", e.Class, want, err)
	}
	return e
}

func reply(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func exceptionBody(t ExceptionType, parameter string) string {
	return fmt.Sprintf(`{"error":{"httpStatusCode":400,"type":%q,"details":[{"message":"Secret meeting with Jane is bad","url":null,"location":{"type":"RequestBody","name":%q,"identifier":null}}],"stack":null}}`, t, parameter)
}

func aDraft() ActivityDraft {
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.FixedZone("", 7200))
	return ActivityDraft{
		Name: "Site visit", Start: At(start), End: At(start.Add(90 * time.Minute)), HasDuration: true,
		Notes: "bring plans", Location: "Room 2", ActivityTypeGUID: "type-1", OwnerGUID: "user-1",
	}
}
