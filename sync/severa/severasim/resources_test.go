package severasim_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/severa/severasim"
)

func TestUsers_Lookup(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	gone := f.sim.AddUser(severasim.User{FirstName: "Gus", LastName: "Gone", Email: "gus@office.test", Inactive: true, Code: "G1", Keywords: []string{"field"}})
	tests := []struct {
		query string
		want  []string
	}{
		{"", []string{"Anna", "Ben", "Gus"}},
		{"isActive=true", []string{"Anna", "Ben"}},
		{"isActive=false", []string{"Gus"}},
		{"email=ANNA@office.test", []string{"Anna"}},
		{"email=nobody@office.test", []string{}},
		{"code=G1", []string{"Gus"}},
		{"changedSince=2027-01-01T00:00:00Z", []string{}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, column(f.list("/v1/users?"+tt.query), "firstName")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.query, diff)
		}
	}
	u := decodeInto[row](t, f.want(http.StatusOK, "GET", "/v1/users/"+f.anna, ""))
	if z := u["timezone"].(row); z["ianaName"] != "Europe/Helsinki" || z["systemName"] != "FLE Standard Time" {
		t.Errorf("zone %v", z)
	}
	if !f.sim.EditUser(f.anna, func(u *severasim.User) { u.Zone = "Asia/Kathmandu" }) {
		t.Error("Anna was not found")
	}
	if f.sim.EditUser("nobody", func(*severasim.User) {}) {
		t.Error("edited nobody")
	}
	f.want(http.StatusNotFound, "GET", "/v1/users/nobody", "")
	f.want(http.StatusOK, "GET", "/v1/users/"+gone, "")
	if u, ok := f.sim.UserByEmail("Ben@Office.Test"); !ok || u.GUID != f.ben {
		t.Errorf("UserByEmail = %v, %v", u, ok)
	}
}

func TestUsers_MissingIs404UnderTheSwitch(t *testing.T) {
	f := newOffice(t, severasim.Options{Switches: severasim.Switches{MissingUser404: true}})
	f.want(http.StatusNotFound, "GET", "/v1/users?email=nobody@office.test", "")
	f.want(http.StatusOK, "GET", "/v1/users?email=ben@office.test", "")
}

func TestUsers_PagesByToken(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	for i := range 10 {
		f.sim.AddUser(severasim.User{FirstName: fmt.Sprint(i), LastName: "X"})
	}
	if rows, pages := f.listAll("/v1/users?rowCount=5", nil); len(rows) != 12 || pages != 3 {
		t.Errorf("%d rows on %d pages", len(rows), pages)
	}
}

func TestActivityTypes(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	if diff := cmp.Diff([]string{"CalendarEntry", "Personal", "Absences", "SalesEvent", "Task"}, column(f.list("/v1/activitytypes"), "category")); diff != "" {
		t.Errorf("categories (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Meeting", "Project task"}, column(f.list("/v1/activitytypes?category=Task&category=CalendarEntry"), "name")); diff != "" {
		t.Errorf("by category (-want +got):\n%s", diff)
	}
	made := decodeInto[row](t, f.want(http.StatusCreated, "POST", "/v1/activitytypes", `{"name":"Visit","category":"CalendarEntry","isDefault":true}`))
	defaults := []string{}
	for _, r := range f.list("/v1/activitytypes") {
		if r["isDefault"] == true {
			defaults = append(defaults, r["name"].(string))
		}
	}
	if diff := cmp.Diff([]string{"Visit"}, defaults); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
	path := "/v1/activitytypes/" + made["guid"].(string)
	f.want(http.StatusOK, "PATCH", path, `[{"op":"replace","path":"/isActive","value":false},{"op":"replace","path":"/name","value":"Old"}]`)
	if diff := cmp.Diff([]string{"Old"}, column(f.list("/v1/activitytypes?active=false"), "name")); diff != "" {
		t.Errorf("inactive (-want +got):\n%s", diff)
	}
	f.want(http.StatusBadRequest, "PATCH", path, `[{"op":"replace","path":"/category","value":"Task"}]`)
	f.want(http.StatusBadRequest, "POST", "/v1/activitytypes", `{"name":"x"}`)

	meeting := f.sim.TypeOf(severasim.CalendarEntry)
	id := f.postDay("m", "2026-04-01")
	f.want(http.StatusBadRequest, "DELETE", "/v1/activitytypes/"+meeting, "")
	f.want(http.StatusBadRequest, "DELETE", "/v1/activitytypes/"+meeting+"?moveUsagesToGuid=none", "")
	f.want(http.StatusNoContent, "DELETE", "/v1/activitytypes/"+meeting+"?moveUsagesToGuid="+made["guid"].(string), "")
	f.want(http.StatusNotFound, "GET", "/v1/activitytypes/"+meeting, "")
	if a, _ := f.sim.Activity(id); a.TypeGUID != made["guid"] {
		t.Errorf("the activity has type %s", a.TypeGUID)
	}
}

func TestContacts_PageByOffsetAndSearch(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	for _, n := range []string{"Cleo", "Abe", "Bea"} {
		f.sim.AddContact(severasim.Contact{FirstName: n, LastName: "Client", Email: strings.ToLower(n) + "@client.test"})
	}
	tests := []struct {
		query string
		want  []string
	}{
		{"", []string{"Cleo", "Abe", "Bea"}},
		{"firstRow=1&rowCount=1", []string{"Abe"}},
		{"firstRow=9", []string{}},
		{"textToSearch=BEA@", []string{"Bea"}},
		{"sortings[0].key=firstName&sortings[0].value=Desc", []string{"Cleo", "Bea", "Abe"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, column(f.list("/v1/contactpersons?"+tt.query), "firstName")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.query, diff)
		}
	}
	f.want(http.StatusBadRequest, "GET", "/v1/contactpersons?firstRow=-1", "")
	f.want(http.StatusNotFound, "GET", "/v1/contactpersons/none", "")
}

func TestSmallResources(t *testing.T) {
	f := newOffice(t, severasim.Options{Organisation: "Acme Oy"})
	org := decodeInto[row](t, f.want(http.StatusOK, "GET", "/v1/organizationdetails", ""))
	if org["name"] != "Acme Oy" || org["timezone"].(row)["guid"] == "" {
		t.Errorf("organisation %v", org)
	}
	f.want(http.StatusOK, "GET", "/v1/localization/timezones/"+org["timezone"].(row)["guid"].(string), "")
	f.want(http.StatusNotFound, "GET", "/v1/localization/timezones/none", "")
	if zones := f.list("/v1/localization/timezones"); len(zones) < 10 {
		t.Errorf("%d zones", len(zones))
	}
	phase := f.sim.AddPhase(severasim.Phase{Name: "Phase", Code: "P", ProjectGUID: "p1"})
	f.want(http.StatusOK, "GET", "/v1/phases/"+phase, "")
	if got := column(f.list("/v1/phases?projectGuids=p1&code=p"), "guid"); len(got) != 1 {
		t.Errorf("phases %v", got)
	}
	f.sim.AddLegacyGUID("OLD-1", "new-1")
	if got := decodeInto[row](t, f.want(http.StatusOK, "GET", "/v1/guids/convert/old-1", "")); got["converted"] != "new-1" {
		t.Errorf("converted %v", got)
	}
	f.want(http.StatusNotFound, "GET", "/v1/guids/convert/other", "")
	if got := decodeInto[[]row](t, f.want(http.StatusOK, "POST", "/v1/guids/convert", `["old-1","other"]`)); len(got) != 1 {
		t.Errorf("converted %v", got)
	}
}

func TestStart_TLSIsTrustedByItsOwnAuthorityOnly(t *testing.T) {
	get := func(o severasim.Options, trust bool) error {
		o.Now = newClock().Now
		running, err := severasim.New(o).Start("127.0.0.1:0", true)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := running.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			if err := running.Close(); err != nil {
				t.Errorf("close again: %v", err)
			}
		}()
		pool := x509.NewCertPool()
		if trust && !pool.AppendCertsFromPEM([]byte(running.CAPEM)) {
			t.Fatal("no certificate in CAPEM")
		}
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, running.URL+"/heartbeat/server", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		return resp.Body.Close()
	}
	if err := get(severasim.Options{}, true); err != nil {
		t.Errorf("with its authority: %v", err)
	}
	if err := get(severasim.Options{}, false); err == nil {
		t.Error("trusted without its authority")
	}
	if err := get(severasim.Options{ExpiredCertificate: true}, true); err == nil || !strings.Contains(err.Error(), "expired") {
		t.Errorf("expired certificate: %v", err)
	}
}

func TestStart_AddressInUse(t *testing.T) {
	running, err := severasim.New(severasim.Options{}).Start("127.0.0.1:0", false)
	if err != nil {
		t.Fatal(err)
	}
	defer running.Close()
	addr := strings.TrimSuffix(strings.TrimPrefix(running.URL, "http://"), "/rest-api")
	if again, err := severasim.New(severasim.Options{}).Start(addr, false); err == nil {
		again.Close()
		t.Error("listened twice on one address")
	}
}
