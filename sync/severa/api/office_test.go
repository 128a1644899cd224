package api

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParticipants_ListAddPatchDelete(t *testing.T) {
	row := `{"guid":"m1","activityGuid":"a1","participantGuid":"u1","type":"User","status":"Accepted","name":"N","email":"n@example.test","isActive":true,"phone":null,"mobilePhone":"1"}`
	f := newFakeServer(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodGet:
			_, _ = io.WriteString(w, "["+row+",null]")
		case http.MethodPost:
			w.WriteHeader(201)
			_, _ = io.WriteString(w, row)
		case http.MethodPatch:
			_, _ = io.WriteString(w, "["+row+"]")
		case http.MethodDelete:
			w.WriteHeader(204)
		}
	})
	c := newTestClient(t, f.URL)
	want := Participant{GUID: "m1", ActivityGUID: "a1", ParticipantGUID: "u1", Type: ParticipantUser, Status: StatusAccepted, Name: "N", Email: "n@example.test", IsActive: true, MobilePhone: "1"}
	page, err := c.Participants(t.Context(), "a1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Participant{want}, page.Rows); diff != "" || len(page.Problems) != 1 || !page.Last {
		t.Errorf("page = %+v, rows (-want +got):\n%s", page, diff)
	}
	added, err := c.AddParticipant(t.Context(), ParticipantDraft{ActivityGUID: "a1", ParticipantGUID: "u1", Status: StatusInvited})
	if diff := cmp.Diff(want, added); diff != "" || err != nil {
		t.Errorf("added, %v (-want +got):\n%s", err, diff)
	}
	patched, err := c.PatchParticipant(t.Context(), "m1", []PatchOp{Replace("/status", StatusDeclined)})
	if diff := cmp.Diff(want, patched); diff != "" || err != nil {
		t.Errorf("patched, %v (-want +got):\n%s", err, diff)
	}
	if err := c.DeleteParticipant(t.Context(), "a1", "m1"); err != nil {
		t.Error(err)
	}
	var got []string
	for _, r := range f.seen("") {
		got = append(got, strings.TrimSpace(r.Method+" "+strings.TrimPrefix(r.Path, "/rest-api")+" "+r.Body))
	}
	wantSeen := []string{
		"GET /v1/activities/a1/activityparticipants",
		`POST /v1/activityparticipants {"activityGuid":"a1","participantGuid":"u1","type":"User","status":"Invited"}`,
		`PATCH /v1/activityparticipants/m1 [{"op":"replace","path":"/status","value":"Declined"}]`,
		"DELETE /v1/activities/a1/activityparticipants/m1",
	}
	if diff := cmp.Diff(wantSeen, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	_, err = c.AddParticipant(t.Context(), ParticipantDraft{ActivityGUID: "a1", ParticipantGUID: "u1", Type: "Ghost"})
	wantClass(t, err, Invalid)
}

func TestUserByEmail(t *testing.T) {
	user := func(guid, email string, active bool) string {
		b, _ := json.Marshal(map[string]any{"guid": guid, "email": email, "isActive": active})
		return string(b)
	}
	tests := []struct {
		name   string
		status int
		body   string
		guid   string
		class  Class
	}{
		{"found without case", 200, "[" + user("u1", "Jane@Example.test", true) + "]", "u1", 0},
		{"active before inactive", 200, "[" + user("old", "jane@example.test", false) + "," + user("new", "jane@example.test", true) + "]", "new", 0},
		{"inactive alone", 200, "[" + user("old", "jane@example.test", false) + "]", "old", 0},
		{"empty list", 200, "[]", "", NotFound},
		{"404", 404, "", "", NotFound},
		{"filter ignored by the server", 200, "[" + user("u2", "tom@example.test", true) + "]", "", NotFound},
		{"two active", 200, "[" + user("u1", "jane@example.test", true) + "," + user("u2", "jane@example.test", true) + "]", "", Invalid},
		{"unreadable row", 200, `[{"guid":"u1","email":5}]`, "", Protocol},
		{"empty answer", 200, "", "", Protocol},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFakeServer(t, reply(tt.status, "application/json", tt.body))
			got, err := newTestClient(t, f.URL).UserByEmail(t.Context(), " jane@example.test")
			if tt.guid != "" {
				if err != nil || got.GUID != tt.guid {
					t.Fatalf("got %q, %v, want %q", got.GUID, err, tt.guid)
				}
				return
			}
			wantClass(t, err, tt.class)
			if strings.Contains(strings.ToLower(err.Error()), "jane") {
				t.Errorf("error text %q names the person", err)
			}
		})
	}
}

func TestOfficeRoutes(t *testing.T) {
	f := newFakeServer(t, func(w http.ResponseWriter, r *http.Request) {
		switch strings.TrimPrefix(r.URL.Path, "/rest-api") {
		case "/v1/activitytypes":
			_, _ = io.WriteString(w, `[{"guid":"t1","name":"Meeting","category":"CalendarEntry","isDefault":true,"isPaidLeave":null},{"guid":"t2","category":"Personal","isActive":false}]`)
		case "/v1/users":
			_, _ = io.WriteString(w, `[{"guid":"u1","culture":"fi-FI","country":{"guid":"c","name":"Finland","englishName":"Finland"},"timezone":{"guid":"z","systemName":"FLE Standard Time","ianaName":"Europe/Helsinki"}}]`)
		case "/v1/localization/timezones":
			_, _ = io.WriteString(w, `[{"guid":"z","name":"Helsinki","systemName":"FLE Standard Time","ianaName":"Europe/Helsinki"}]`)
		case "/v1/organizationdetails":
			_, _ = io.WriteString(w, `{"name":"Office","timezone":{"guid":"z","name":"Helsinki"},"activeAddons":["x"]}`)
		case "/heartbeat/server":
			w.Header().Set("Content-Type", "text/plain")
			_, _ = io.WriteString(w, "Server is alive.")
		case "/heartbeat/authorized":
			w.WriteHeader(204)
		default:
			t.Errorf("unexpected path %s", r.URL.Path)
		}
	})
	c := newTestClient(t, f.URL, func(o *Options) { o.Scopes = append(DefaultScopes(), "organization:read") })
	f.grant = func(w http.ResponseWriter, _ int) {
		grantToken(w, "t", strings.Join(c.opts.Scopes, " "), 3600)
	}
	if err := c.Heartbeat(t.Context()); err != nil {
		t.Error(err)
	}
	if got := f.signIns(); got != 0 {
		t.Errorf("the heartbeat signed in %d times, want 0", got)
	}
	if err := c.Authorized(t.Context()); err != nil {
		t.Error(err)
	}
	types, _, err := All(c.ActivityTypes(t.Context(), ActivityTypeQuery{Categories: []Category{CategoryPersonal}}))
	wantTypes := []ActivityType{
		{GUID: "t1", Name: "Meeting", Category: CategoryCalendarEntry, IsActive: true, IsDefault: true},
		{GUID: "t2", Category: CategoryPersonal},
	}
	if diff := cmp.Diff(wantTypes, types); diff != "" || err != nil {
		t.Errorf("types, %v (-want +got):\n%s", err, diff)
	}
	users, problems, err := All(c.Users(t.Context(), UserQuery{}))
	if err != nil || len(problems) != 0 || len(users) != 1 || users[0].Culture.Name != "fi-FI" || users[0].Country.Name != "Finland" || users[0].TimeZone.IANAName != "Europe/Helsinki" {
		t.Errorf("users = %+v, %v, %v", users, problems, err)
	}
	zones, _, err := All(c.TimeZones(t.Context()))
	if diff := cmp.Diff([]TimeZone{{"z", "Helsinki", "FLE Standard Time", "Europe/Helsinki"}}, zones); diff != "" || err != nil {
		t.Errorf("zones, %v (-want +got):\n%s", err, diff)
	}
	org, err := c.OrganizationDetails(t.Context())
	if err != nil || org.Name != "Office" || org.TimeZone.GUID != "z" {
		t.Errorf("organisation = %+v, %v", org, err)
	}
	stats := c.Stats()
	if got, want := stats["GET /v1/activitytypes"].Requests, int64(1); got != want {
		t.Errorf("activity type requests = %d, want %d", got, want)
	}
	if got := stats["POST /v1/token"]; got.Requests != 1 || got.BytesSent == 0 || got.BytesReceived == 0 {
		t.Errorf("token stats = %+v, want one request with bytes both ways", got)
	}
}

func TestHeartbeat_AnotherServerIsNotTaken(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"web page": reply(200, "text/html", "<html>alive</html>"), "other text": reply(200, "text/plain", "OK"),
	} {
		f := newFakeServer(t, h)
		if err := newTestClient(t, f.URL).Heartbeat(t.Context()); asError(t, err).Class != Protocol {
			t.Errorf("%s: %v, want an unexpected answer", name, err)
		}
	}
}
