package severasim_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/severa/severasim"
)

func (f *office) join(activity, who string) string {
	f.t.Helper()
	r := f.want(http.StatusCreated, "POST", "/v1/activityparticipants", fmt.Sprintf(`{"activityGuid":%q,"participantGuid":%q,"status":"Invited"}`, activity, who))
	return decodeInto[row](f.t, r)["guid"].(string)
}

func (f *office) participants(activity string) []row {
	f.t.Helper()
	return f.list("/v1/activities/" + url.PathEscape(activity) + "/activityparticipants")
}

func TestParticipants_AddAnswerAndRemove(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	contact := f.sim.AddContact(severasim.Contact{FirstName: "Cleo", LastName: "Client", Email: "cleo@client.test", Phone: "1"})
	id := f.postDay("m", "2026-04-01")
	p := f.join(id, f.ben)
	f.join(id, contact)
	want := []row{
		{"guid": p, "name": "Ben Berg", "type": "User", "participantGuid": f.ben, "activityGuid": id, "email": "ben@office.test", "phone": nil, "mobilePhone": nil, "status": "Invited", "isActive": true},
		{"name": "Cleo Client", "type": "Contact", "participantGuid": contact, "activityGuid": id, "email": "cleo@client.test", "phone": "1", "mobilePhone": nil, "status": "Invited", "isActive": true},
	}
	got := f.participants(id)
	want[1]["guid"] = got[1]["guid"]
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("participants (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[0], decodeInto[row](t, f.want(http.StatusOK, "GET", "/v1/activityparticipants/"+p, ""))); diff != "" {
		t.Errorf("by guid (-want +got):\n%s", diff)
	}
	rows := decodeInto[[]row](t, f.want(http.StatusOK, "PATCH", "/v1/activityparticipants/"+p, `[{"op":"Replace","path":"/status","value":"Tentative"}]`))
	if len(rows) != 1 || rows[0]["status"] != "Tentative" {
		t.Errorf("after the answer: %v", rows)
	}
	f.want(http.StatusBadRequest, "PATCH", "/v1/activityparticipants/"+p, `[{"op":"Replace","path":"/email","value":"x"}]`)
	f.want(http.StatusBadRequest, "PATCH", "/v1/activityparticipants/"+p, `[{"op":"Replace","path":"/status","value":"Perhaps"}]`)
	f.want(http.StatusNoContent, "DELETE", "/v1/activities/"+id+"/activityparticipants/"+p, "")
	f.want(http.StatusNotFound, "DELETE", "/v1/activities/"+id+"/activityparticipants/"+p, "")
	f.want(http.StatusNotFound, "GET", "/v1/activityparticipants/"+p, "")
	f.want(http.StatusNotFound, "PATCH", "/v1/activityparticipants/"+p, `[{"op":"Replace","path":"/status","value":"Accepted"}]`)
	if got := len(f.participants(id)); got != 1 {
		t.Errorf("%d left, want 1", got)
	}
	if got := f.list("/v1/activities?includeAsMember=true&userGuids=" + f.ben); len(got) != 0 {
		t.Errorf("Ben still has %v", got)
	}
}

func TestParticipants_Refusals(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	id := f.postDay("m", "2026-04-01")
	f.join(id, f.ben)
	tests := []struct {
		name, body string
		status     int
	}{
		{"twice", fmt.Sprintf(`{"activityGuid":%q,"participantGuid":%q}`, id, f.ben), 400},
		{"unknown person", fmt.Sprintf(`{"activityGuid":%q,"participantGuid":"nobody"}`, id), 400},
		{"no person", fmt.Sprintf(`{"activityGuid":%q}`, id), 400},
		{"no activity", fmt.Sprintf(`{"participantGuid":%q}`, f.ben), 400},
		{"unknown activity", fmt.Sprintf(`{"activityGuid":"none","participantGuid":%q}`, f.ben), 404},
		{"status", fmt.Sprintf(`{"activityGuid":%q,"participantGuid":%q,"status":"Late"}`, id, f.anna), 400},
		{"type", fmt.Sprintf(`{"activityGuid":%q,"participantGuid":%q,"type":"Robot"}`, id, f.anna), 400},
		{"not json", `participant`, 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f.t = t
			f.want(tt.status, "POST", "/v1/activityparticipants", tt.body)
		})
	}
	f.t = t
	if got := len(f.participants(id)); got != 1 {
		t.Errorf("%d participants, want 1", got)
	}
}

func TestParticipants_RemovalFromOneOccurrenceMakesAnException(t *testing.T) {
	f := newOffice(t, severasim.Options{Switches: severasim.Switches{RefuseOccurrenceWrite: true}})
	series := f.weekly(`"maxOccurrences":3`)
	p := f.join(series, f.ben)
	ids := column(f.occurrences(""), "guid")
	if got := f.participants(ids[1]); len(got) != 1 || got[0]["guid"] != p || got[0]["activityGuid"] != ids[1] {
		t.Fatalf("participants of an occurrence: %v", got)
	}
	f.want(http.StatusNoContent, "DELETE", "/v1/activities/"+url.PathEscape(ids[1])+"/activityparticipants/"+p, "")
	if got := strings.Join(column(f.occurrences(""), "recurrenceType"), " "); got != "Occurrence Exception Occurrence" {
		t.Errorf("types: %s", got)
	}
	mine := column(f.occurrences("&includeAsMember=true&userGuids="+f.ben), "guid")
	if diff := cmp.Diff([]string{ids[0], ids[2]}, mine); diff != "" {
		t.Errorf("Ben's (-want +got):\n%s", diff)
	}
	if got := len(f.participants(series)); got != 1 {
		t.Errorf("%d participants of the series, want 1", got)
	}
	f.want(http.StatusOK, "GET", "/v1/activityparticipants/"+p, "")
}

func TestParticipants_AddedToOneOccurrenceOnly(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	f.weekly(`"maxOccurrences":3`)
	ids := column(f.occurrences(""), "guid")
	p := f.join(ids[2], f.ben)
	if diff := cmp.Diff(ids[2:], column(f.occurrences("&includeAsMember=true&userGuids="+f.ben), "guid")); diff != "" {
		t.Errorf("Ben's (-want +got):\n%s", diff)
	}
	got := decodeInto[[]row](t, f.want(http.StatusOK, "PATCH", "/v1/activityparticipants/"+p, `[{"op":"Replace","path":"/status","value":"Accepted"}]`))
	if got[0]["activityGuid"] != ids[2] || f.participants(ids[2])[0]["status"] != "Accepted" {
		t.Errorf("after the answer: %v", got)
	}
}

func TestParticipants_TouchTheActivityUnlessQuiet(t *testing.T) {
	for _, quiet := range []bool{false, true} {
		f := newOffice(t, severasim.Options{Switches: severasim.Switches{QuietParticipants: quiet}})
		id := f.postDay("m", "2026-04-01")
		changed := func() bool {
			return len(f.list("/v1/activities?changedSince="+url.QueryEscape(f.clock.Now().Format(time.RFC3339)))) == 1
		}
		f.clock.Add(time.Minute)
		p := f.join(id, f.ben)
		if changed() == quiet {
			t.Errorf("quiet %v: adding touched = %v", quiet, changed())
		}
		f.clock.Add(time.Minute)
		f.want(http.StatusNoContent, "DELETE", "/v1/activities/"+id+"/activityparticipants/"+p, "")
		if changed() == quiet {
			t.Errorf("quiet %v: removing touched = %v", quiet, changed())
		}
	}
}

func TestParticipants_OwnerIsOneUnderTheSwitch(t *testing.T) {
	f := newOffice(t, severasim.Options{Switches: severasim.Switches{OwnerIsParticipant: true, FixedParticipantStatus: true}})
	id := f.postDay("m", "2026-04-01")
	rows := f.participants(id)
	if len(rows) != 1 || rows[0]["participantGuid"] != f.anna || rows[0]["status"] != "Accepted" {
		t.Fatalf("participants: %v", rows)
	}
	f.want(http.StatusBadRequest, "PATCH", "/v1/activityparticipants/"+rows[0]["guid"].(string), `[{"op":"Replace","path":"/status","value":"Declined"}]`)
}

func TestSteering_ActsAsPeopleInTheirScreens(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	f.sim.ResetCounts()
	id, err := f.sim.AddActivity(severasim.Activity{
		Name: "m", OwnerGUID: f.anna, TypeGUID: f.sim.TypeOf(severasim.CalendarEntry), Start: f.clock.Now(), HasDuration: true,
		Participants: []severasim.Participant{{Who: "room-1", Type: severasim.ResourceParticipant, Name: "Room 1"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	f.clock.Add(time.Second)
	if _, err := f.sim.AddParticipant(id, severasim.Participant{Who: f.ben, Status: severasim.Invited}); err != nil {
		t.Fatal(err)
	}
	if err := f.sim.SetParticipantStatus(id, f.ben, severasim.Declined); err != nil {
		t.Fatal(err)
	}
	if err := f.sim.EditActivity(id, func(a *severasim.Activity) { a.Name = "renamed"; a.Participants = nil; a.GUID = "x" }); err != nil {
		t.Fatal(err)
	}
	if err := f.sim.EditActivity(id, func(a *severasim.Activity) { a.Name = "" }); err == nil {
		t.Error("an activity without name was accepted")
	}
	all := f.sim.Activities()
	if len(all) != 1 || all[0].GUID != id || all[0].Name != "renamed" || len(all[0].Participants) != 2 || all[0].Participants[1].Status != severasim.Declined {
		t.Fatalf("activities: %+v", all)
	}
	if !all[0].Updated.After(all[0].Created) || all[0].UpdatedBy != f.anna {
		t.Errorf("updated %v by %q", all[0].Updated, all[0].UpdatedBy)
	}
	all[0].Participants[1].Status = severasim.Accepted // a copy: nothing happens
	if a, _ := f.sim.Activity(id); a.Participants[1].Status != severasim.Declined {
		t.Error("the caller's copy is the server's own")
	}
	if err := f.sim.RemoveParticipant(id, "room-1"); err != nil {
		t.Fatal(err)
	}
	if err := f.sim.RemoveParticipant(id, "room-1"); err == nil {
		t.Error("removed a participant twice")
	}
	if err := f.sim.RemoveActivity(id); err != nil {
		t.Fatal(err)
	}
	if _, ok := f.sim.Activity(id); ok || len(f.sim.Activities()) != 0 {
		t.Error("still there")
	}
	if got := f.sim.Counts(); got.Total() != 0 || got.TotalWrites() != 0 {
		t.Errorf("counted %+v", got)
	}
}
