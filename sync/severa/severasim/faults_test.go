package severasim_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"time"

	"lockstep/sync/internal/faultscript"
	"lockstep/sync/severa/severasim"
)

func TestFaults_OnTheWire(t *testing.T) {
	const op = "POST /v1/activities"
	tests := []struct {
		kind   faultscript.Kind
		status int  // 0: no answer
		done   bool // whether the work was done
	}{
		{faultscript.Throttle, 429, false},
		{faultscript.Unavailable, 503, false},
		{faultscript.DropBefore, 0, false},
		{faultscript.DropAfter, 0, true},
		{faultscript.Unauthorized, 401, false},
		{faultscript.Malformed, 201, true},
		{faultscript.Truncated, 0, true},
		{faultscript.Slow, 201, true},
	}
	for _, tt := range tests {
		t.Run(tt.kind.String(), func(t *testing.T) {
			script := faultscript.New(faultscript.Rule{Side: "severa", Op: op, Times: 1, Kind: tt.kind, Delay: time.Millisecond, RetryAfter: 7 * time.Second})
			f := newOffice(t, severasim.Options{Faults: script})
			r, err := f.try("POST", "/v1/activities", f.meeting("m", "2026-04-01T08:00:00Z", "2026-04-01T09:00:00Z", ""))
			if (err != nil) != (tt.status == 0) {
				t.Fatalf("transport error %v", err)
			}
			if err == nil && r.status != tt.status {
				t.Errorf("status %d, want %d", r.status, tt.status)
			}
			switch tt.kind {
			case faultscript.Throttle, faultscript.Unavailable:
				if got := r.header.Get("Retry-After"); got != "7" {
					t.Errorf("Retry-After %q, want 7", got)
				}
			case faultscript.Malformed:
				if json.Valid([]byte(r.body)) {
					t.Errorf("valid JSON: %s", r.body)
				}
			case faultscript.Truncated:
				if r.status != 201 || len(r.body) == 0 || json.Valid([]byte(r.body)) {
					t.Errorf("status %d, body %q", r.status, r.body)
				}
			}
			if done := len(f.sim.Activities()) == 1; done != tt.done {
				t.Errorf("done = %v, want %v", done, tt.done)
			}
			if writes := f.sim.Counts().TotalWrites(); (writes == 1) != tt.done {
				t.Errorf("%d writes counted", writes)
			}
			f.postDay("the fault has passed", "2026-04-02")
			if script.Fired() != 1 {
				t.Errorf("Fired = %d", script.Fired())
			}
		})
	}
}

func TestFaults_EmptyPageHasNoTokenAndExpiredCursorRefusesIt(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	for range 3 {
		f.postDay("m", "2026-04-01")
	}
	token := url.QueryEscape(f.want(http.StatusOK, "GET", "/v1/activities?rowCount=1", "").header.Get("NextPageToken"))
	f.sim.SetFaults(faultscript.New(
		faultscript.Rule{Op: "GET /v1/activities", Times: 1, Kind: faultscript.EmptyPage},
		faultscript.Rule{Op: "GET /v1/activities", Times: 1, Kind: faultscript.ExpiredCursor},
	))
	r := f.want(http.StatusOK, "GET", "/v1/activities?rowCount=1", "")
	if r.body != "[]" || r.header.Get("NextPageToken") != "" {
		t.Errorf("body %q, token %q", r.body, r.header.Get("NextPageToken"))
	}
	f.want(http.StatusBadRequest, "GET", "/v1/activities?rowCount=1&pageToken="+token, "")
	f.want(http.StatusOK, "GET", "/v1/activities?rowCount=1&pageToken="+token, "")
}

func TestFaults_WhoIsTheUserConcerned(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	id := f.postDay("m", "2026-04-01")
	f.sim.SetFaults(faultscript.New(faultscript.Rule{Who: f.anna, Kind: faultscript.Unavailable}))
	f.want(http.StatusOK, "GET", "/v1/activities?userGuids="+f.ben, "")
	f.want(http.StatusOK, "GET", "/v1/activities", "")
	f.want(http.StatusServiceUnavailable, "GET", "/v1/activities?userGuids="+f.anna, "")
	f.want(http.StatusServiceUnavailable, "GET", "/v1/activities/"+id, "")
	f.want(http.StatusServiceUnavailable, "POST", "/v1/activities", f.meeting("m", "2026-04-01T08:00:00Z", "2026-04-01T09:00:00Z", ""))
	f.want(http.StatusServiceUnavailable, "GET", "/v1/users/"+f.anna, "")
	f.sim.SetFaults(nil)
	f.want(http.StatusOK, "GET", "/v1/activities/"+id, "")
}

func TestFaults_SkewMovesDateAndStamps(t *testing.T) {
	f := newOffice(t, severasim.Options{Faults: faultscript.New(faultscript.Rule{Side: "severa", Kind: faultscript.Skew, Skew: -90 * time.Second})})
	r := f.want(http.StatusCreated, "POST", "/v1/activities", f.meeting("m", "2026-04-01T08:00:00Z", "2026-04-01T09:00:00Z", ""))
	if got, want := r.header.Get("Date"), "Mon, 02 Mar 2026 07:58:30 GMT"; got != want {
		t.Errorf("Date %q, want %q", got, want)
	}
	if got, want := decodeInto[row](t, r)["lastUpdatedDateTime"], "2026-03-02T07:58:30.000+00:00"; got != want {
		t.Errorf("lastUpdatedDateTime %v, want %v", got, want)
	}
}
