package severasim_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"lockstep/sync/severa/severasim"
)

func TestRate_RefusesTheEleventhInASecond(t *testing.T) {
	f := newOffice(t, severasim.Options{RatePerSecond: 10})
	for range 9 { // signing in was the first
		f.want(http.StatusOK, "GET", "/v1/users", "")
	}
	r := f.want(http.StatusTooManyRequests, "GET", "/v1/users", "")
	if want := "API calls quota exceeded! maximum admitted 10 per 1s."; r.body != want {
		t.Errorf("body %q, want %q", r.body, want)
	}
	if got := r.header.Get("Content-Type"); !strings.HasPrefix(got, "text/plain") {
		t.Errorf("Content-Type %q", got)
	}
	if got := r.header.Get("Retry-After"); got != "1" {
		t.Errorf("Retry-After %q", got)
	}
	f.clock.Add(999 * time.Millisecond)
	f.want(http.StatusTooManyRequests, "GET", "/v1/users", "")
	f.clock.Add(time.Millisecond)
	f.want(http.StatusOK, "GET", "/v1/users", "")
}

func TestRate_SwitchLeavesRetryAfterOff(t *testing.T) {
	f := newOffice(t, severasim.Options{RatePerSecond: 1, Switches: severasim.Switches{NoRetryAfter: true, QuotaPerAddress: true}})
	r := f.want(http.StatusTooManyRequests, "GET", "/v1/users", "")
	if got, ok := r.header["Retry-After"]; ok {
		t.Errorf("Retry-After %q", got)
	}
}

func TestRate_NegativeIsNoLimit(t *testing.T) {
	f := newOffice(t, severasim.Options{RatePerSecond: -1})
	for range 200 {
		f.want(http.StatusOK, "GET", "/v1/users", "")
	}
}
