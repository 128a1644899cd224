//go:build !windows

package localapi

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

// FuzzRequest sends anything to a server: every answer is JSON, and none is a crash.
func FuzzRequest(f *testing.F) {
	for _, r := range []struct{ method, path, body string }{
		{"GET", "/v1/status?after=3", ""},
		{"POST", "/v1/sync", `{"who":["anna@office.test"],"digest":"x","full":true}`},
		{"POST", "/v1/preview", `{"full":true}`},
		{"POST", "/v1/people", `{"address":"a","on":true,"by":"b"}`},
		{"GET", "/v1/runs?limit=2", ""},
		{"GET", "/v1/runs/7/changes", ""},
	} {
		f.Add(r.method, r.path, []byte(r.body))
	}
	h := routes(&fake{}, slog.New(slog.DiscardHandler))
	f.Fuzz(func(t *testing.T, method, path string, body []byte) {
		u, err := url.Parse(path)
		if err != nil || u.Path == "" || u.Path[0] != '/' {
			t.Skip("no path")
		}
		switch method {
		case http.MethodGet, http.MethodPost:
		default:
			t.Skip("no method of ours")
		}
		if u.Path == "/v1/pause" {
			t.Skip("the fake does not rest")
		}
		r := httptest.NewRequestWithContext(t.Context(), method, "http://localhost/", bytes.NewReader(body))
		r.URL.Path, r.URL.RawQuery = u.Path, u.RawQuery
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code == http.StatusOK && !json.Valid(w.Body.Bytes()) {
			t.Errorf("the answer is no JSON: %q", w.Body.String())
		}
	})
}
