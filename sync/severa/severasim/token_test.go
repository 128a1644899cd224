package severasim_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/severa/severasim"
)

func TestToken_HasItsOwnFieldNames(t *testing.T) {
	f := newOffice(t, severasim.Options{TokenLife: 10 * time.Minute})
	r := f.want(http.StatusOK, "POST", "/v1/token", `{"client_Id":"lockstep","Client_Secret":"secret","scope":"users:read"}`)
	got := decodeInto[row](t, r)
	var keys []string
	for k := range got {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	want := []string{
		"access_token", "access_token_expires_in", "access_token_expires_utc", "access_token_type",
		"refresh_token", "refresh_token_expires_in", "refresh_token_expires_utc", "scope",
	}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if got["access_token_type"] != "Bearer" || got["access_token_expires_in"] != 600.0 || got["access_token_expires_utc"] != "2026-03-02T08:10:00.000Z" {
		t.Errorf("token: %s", r.body)
	}
}

func TestToken_ScopesByCommaSpaceOrBoth(t *testing.T) {
	f := newOffice(t, severasim.Options{Scopes: []string{"users:read", "settings:read", "activities:read"}})
	for _, scope := range []string{"users:read,settings:read", "users:read settings:read", "users:read, settings:read", "users:read,settings:read,hours:read"} {
		r := f.want(http.StatusOK, "POST", "/v1/token", `{"client_id":"lockstep","client_secret":"secret","scope":"`+scope+`"}`)
		if got, want := decodeInto[row](t, r)["scope"], "settings:read,users:read"; got != want {
			t.Errorf("scope %q: granted %q, want %q", scope, got, want)
		}
	}
	r := f.want(http.StatusForbidden, "POST", "/v1/token", `{"client_id":"lockstep","client_secret":"secret","scope":"hours:read"}`)
	if got := errorType(t, r); got != "InsufficientApiScope" {
		t.Errorf("type %q", got)
	}
}

func TestToken_Refused(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	tests := []struct {
		name, body string
		status     int
		typ        string
	}{
		{"wrong secret", `{"client_id":"lockstep","client_secret":"guess"}`, 401, "AuthenticationRequired"},
		{"wrong id", `{"client_id":"other","client_secret":"secret"}`, 401, "AuthenticationRequired"},
		{"no secret", `{"client_id":"lockstep"}`, 400, "InvalidParameter"},
		{"not json", `client_id=lockstep`, 400, "InvalidRequest"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := f.want(tt.status, "POST", "/v1/token", tt.body)
			if got := errorType(t, r); got != tt.typ {
				t.Errorf("type %q, want %q", got, tt.typ)
			}
			if strings.Contains(r.body, "guess") {
				t.Error("the answer repeats the secret")
			}
		})
	}
}

func TestToken_RunsOutAndIsRefreshedOnce(t *testing.T) {
	f := newOffice(t, severasim.Options{TokenLife: time.Minute})
	r := f.want(http.StatusOK, "POST", "/v1/token", `{"client_id":"lockstep","client_secret":"secret","scope":"users:read"}`)
	f.token = decodeInto[row](t, r)["access_token"].(string)
	refresh := `"` + decodeInto[row](t, r)["refresh_token"].(string) + `"`
	f.clock.Add(59 * time.Second)
	f.want(http.StatusOK, "GET", "/v1/users", "")
	f.clock.Add(time.Second)
	r = f.want(http.StatusUnauthorized, "GET", "/v1/users", "")
	if got := errorType(t, r); got != "AuthenticationRequired" || r.header.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("type %q, WWW-Authenticate %q", got, r.header.Get("WWW-Authenticate"))
	}
	r = f.want(http.StatusOK, "POST", "/v1/refreshtoken", refresh)
	f.token = decodeInto[row](t, r)["access_token"].(string)
	f.want(http.StatusOK, "GET", "/v1/users", "")
	f.want(http.StatusUnauthorized, "POST", "/v1/refreshtoken", refresh)
	f.want(http.StatusForbidden, "GET", "/v1/activities", "") // the scopes are the old ones
	f.sim.RevokeTokens()
	f.want(http.StatusUnauthorized, "GET", "/v1/users", "")
}

func TestScopes_EveryRouteNeedsItsOwn(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	routes := map[string][]string{
		"activities:read":   {"GET /v1/activities", "GET /v1/activities/x", "GET /v1/activities/x/activityparticipants", "GET /v1/activityparticipants/x"},
		"activities:write":  {"POST /v1/activities", "PATCH /v1/activities/x", "POST /v1/activityparticipants", "PATCH /v1/activityparticipants/x"},
		"activities:delete": {"DELETE /v1/activities/x", "DELETE /v1/activities/x/exceptions", "DELETE /v1/activities/x/activityparticipants/y"},
		"settings:read":     {"GET /v1/activitytypes", "GET /v1/localization/timezones", "GET /v1/guids/convert/x", "GET /v1/projecttaskstatuses"},
		"settings:write":    {"POST /v1/activitytypes", "PATCH /v1/activitytypes/x"},
		"settings:delete":   {"DELETE /v1/activitytypes/x"},
		"users:read":        {"GET /v1/users", "GET /v1/users/x"},
		"customers:read":    {"GET /v1/contactpersons"},
		"projects:read":     {"GET /v1/phases"},
		"organization:read": {"GET /v1/organizationdetails"},
	}
	for scope := range routes {
		f.signIn(scope)
		for other, list := range routes {
			for _, op := range list {
				method, path, _ := strings.Cut(op, " ")
				r := f.do(method, path, "")
				if refused := r.status == http.StatusForbidden; refused != (scope != other) {
					t.Errorf("%s with %s: status %d", op, scope, r.status)
				} else if refused && errorType(t, r) != "InsufficientApiScope" {
					t.Errorf("%s: %s", op, r.body)
				}
			}
		}
	}
}

func TestHeartbeat(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	f.want(http.StatusNoContent, "GET", "/heartbeat/authorized", "")
	f.token = ""
	if r := f.want(http.StatusOK, "GET", "/heartbeat/server", ""); r.body != "Server is alive." {
		t.Errorf("server: %q", r.body)
	}
	if r := f.want(http.StatusOK, "GET", "/heartbeat/database", ""); r.body != "Database is alive." {
		t.Errorf("database: %q", r.body)
	}
	f.want(http.StatusUnauthorized, "GET", "/heartbeat/authorized", "")
}

func TestServer_TermsAndAddonAreMissing(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	f.sim.SetTermsApproved(false)
	if got := errorType(t, f.want(http.StatusForbidden, "GET", "/v1/users", "")); got != "TermsOfServiceNotApproved" {
		t.Errorf("type %q", got)
	}
	f.sim.SetTermsApproved(true)
	f.sim.SetAddonActive(false)
	if got := errorType(t, f.want(http.StatusForbidden, "GET", "/v1/users", "")); got != "AddonMissing" {
		t.Errorf("type %q", got)
	}
	f.sim.SetAddonActive(true)
	f.want(http.StatusOK, "GET", "/v1/users", "")
}

func TestServer_AnswersBelowEveryKnownBase(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	root := strings.TrimSuffix(f.url, "/rest-api")
	for _, base := range []string{"/rest-api/v1", "/rest-api/v1.0", "/psapublicrest/v1", "/v1", "/v1.0"} {
		f.url = root + base
		f.want(http.StatusOK, "GET", "/users", "")
	}
	f.url = root
	if r := f.want(http.StatusNotFound, "GET", "/v1/nothing", ""); r.body != "" {
		t.Errorf("404 with a body: %q", r.body)
	}
	f.want(http.StatusMethodNotAllowed, "PUT", "/v1/activities/x", "{}")
}
