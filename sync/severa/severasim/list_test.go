package severasim_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/severa/severasim"
)

func TestList_PagesByTokenInTheHeader(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	for i := range 45 {
		f.postDay(fmt.Sprintf("m%02d", i), "2026-04-01")
	}
	rows, pages := f.listAll("/v1/activities?x=1", nil)
	if len(rows) != 45 || pages != 3 {
		t.Errorf("default page size: %d rows on %d pages, want 45 on 3", len(rows), pages)
	}
	if len(f.list("/v1/activities?rowCount=45")) != 45 {
		t.Error("rowCount=45 did not return all")
	}
	r := f.want(http.StatusOK, "GET", "/v1/activities?rowCount=45", "")
	if _, ok := r.header["Nextpagetoken"]; ok {
		t.Error("the last page has a token")
	}
}

func TestList_RowCountIsCapped(t *testing.T) {
	for _, tt := range []struct {
		name string
		sw   severasim.Switches
		want int
	}{
		{"100", severasim.Switches{}, 100},
		{"1000", severasim.Switches{PageCap: 1000}, 130},
		{"refused", severasim.Switches{RefuseOverCap: true}, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newOffice(t, severasim.Options{Switches: tt.sw})
			for range 130 {
				f.postDay("m", "2026-04-01")
			}
			if tt.want < 0 {
				f.want(http.StatusBadRequest, "GET", "/v1/activities?rowCount=101", "")
				f.want(http.StatusOK, "GET", "/v1/activities?rowCount=100", "")
				return
			}
			if got := len(f.list("/v1/activities?rowCount=500")); got != tt.want {
				t.Errorf("%d rows, want %d", got, tt.want)
			}
		})
	}
}

func TestList_PagingWhileRowsChange(t *testing.T) {
	for _, offset := range []bool{false, true} {
		t.Run(fmt.Sprintf("offset=%v", offset), func(t *testing.T) {
			f := newOffice(t, severasim.Options{Switches: severasim.Switches{OffsetPaging: offset}})
			var ids []string
			for i := range 30 {
				ids = append(ids, f.postDay(fmt.Sprintf("m%02d", i), "2026-04-01"))
			}
			rows, _ := f.listAll("/v1/activities?rowCount=10", func(page int) {
				if page == 1 {
					f.want(http.StatusNoContent, "DELETE", "/v1/activities/"+ids[3], "")
					f.postDay("late", "2026-04-01")
				}
			})
			seen := map[string]int{}
			for _, id := range column(rows, "guid") {
				seen[id]++
			}
			for i, id := range ids {
				want := 1
				if offset && i == 10 {
					want = 0 // what an offset does: the row slid to the page that is done
				}
				if seen[id] != want {
					t.Errorf("row %d was listed %d times, want %d", i, seen[id], want)
				}
			}
			if names := column(rows, "name"); names[len(names)-1] != "late" {
				t.Errorf("the row added meanwhile is not last: %v", names)
			}
		})
	}
}

func TestList_PageTokenIsBoundToTheQueryAndItsLife(t *testing.T) {
	f := newOffice(t, severasim.Options{Switches: severasim.Switches{PageTokenLife: time.Minute}})
	for range 3 {
		f.postDay("m", "2026-04-01")
	}
	token := url.QueryEscape(f.want(http.StatusOK, "GET", "/v1/activities?rowCount=1", "").header.Get("NextPageToken"))
	f.want(http.StatusOK, "GET", "/v1/activities?rowCount=2&pageToken="+token, "")
	f.want(http.StatusBadRequest, "GET", "/v1/activities?rowCount=1&closed=false&pageToken="+token, "")
	f.want(http.StatusBadRequest, "GET", "/v1/users?pageToken="+token, "")
	f.want(http.StatusBadRequest, "GET", "/v1/activities?pageToken=nonsense", "")
	f.clock.Add(2 * time.Minute)
	r := f.want(http.StatusBadRequest, "GET", "/v1/activities?rowCount=1&pageToken="+token, "")
	if got := errorType(t, r); got != "InvalidParameter" {
		t.Errorf("type %q", got)
	}
}

func TestList_OverlapOfTheWindow(t *testing.T) {
	for _, inclusive := range []bool{false, true} {
		f := newOffice(t, severasim.Options{Switches: severasim.Switches{OverlapInclusive: inclusive}})
		f.post(f.meeting("before", "2026-04-01T06:00:00Z", "2026-04-01T07:00:00Z", ""))
		f.post(f.meeting("touches start", "2026-04-01T07:00:00Z", "2026-04-01T08:00:00Z", ""))
		f.post(f.meeting("over start", "2026-04-01T07:30:00Z", "2026-04-01T08:30:00Z", ""))
		f.post(f.meeting("inside", "2026-04-01T08:00:00Z", "2026-04-01T10:00:00Z", ""))
		f.post(f.meeting("at end", "2026-04-01T10:00:00Z", "2026-04-01T11:00:00Z", ""))
		f.post(f.meeting("after", "2026-04-01T10:00:01Z", "2026-04-01T11:00:00Z", ""))
		f.post(f.meeting("around", "2026-04-01T01:00:00Z", "2026-04-02T11:00:00Z", ""))
		window := "startDateTime=2026-04-01T10%3A00%3A00%2B02%3A00&endDateTime=2026-04-01T10:00:00Z"
		want := []string{"over start", "inside", "at end", "around"}
		if inclusive {
			want = append([]string{"touches start"}, want...)
		}
		if diff := cmp.Diff(want, column(f.list("/v1/activities?"+window), "name")); diff != "" {
			t.Errorf("inclusive %v, overlap (-want +got):\n%s", inclusive, diff)
		}
		if diff := cmp.Diff([]string{"inside"}, column(f.list("/v1/activities?useStrictStartAndEndDateTime=true&"+window), "name")); diff != "" {
			t.Errorf("inclusive %v, strict (-want +got):\n%s", inclusive, diff)
		}
	}
}

func TestList_ChangedSinceIncludesTheBoundary(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	first := f.postDay("first", "2026-04-01")
	f.clock.Add(time.Second)
	f.postDay("second", "2026-04-01")
	f.clock.Add(time.Second)
	f.postDay("third", "2026-04-01")
	at := func(s string) []string {
		return column(f.list("/v1/activities?changedSince="+url.QueryEscape(s)), "name")
	}
	if diff := cmp.Diff([]string{"second", "third"}, at("2026-03-02T08:00:01Z")); diff != "" {
		t.Errorf("at the boundary (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"third"}, at("2026-03-02T08:00:01.001Z")); diff != "" {
		t.Errorf("after it (-want +got):\n%s", diff)
	}
	f.clock.Add(time.Second)
	f.want(http.StatusOK, "PATCH", "/v1/activities/"+first, `[{"op":"replace","path":"/notes","value":"n"}]`)
	if diff := cmp.Diff([]string{"first"}, at("2026-03-02T10:00:03+02:00")); diff != "" {
		t.Errorf("after a change (-want +got):\n%s", diff)
	}
}

func TestList_TwoChangesAtOneInstantHaveDifferentStamps(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	id := f.postDay("m", "2026-04-01")
	patch := `[{"op":"replace","path":"/notes","value":"n"}]`
	a := decodeInto[[]row](t, f.want(http.StatusOK, "PATCH", "/v1/activities/"+id, patch))[0]["lastUpdatedDateTime"]
	b := decodeInto[[]row](t, f.want(http.StatusOK, "PATCH", "/v1/activities/"+id, patch))[0]["lastUpdatedDateTime"]
	if a == b {
		t.Errorf("both changes are stamped %v", a)
	}
}

func TestList_ByUserAndMembership(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	f.postDay("anna alone", "2026-04-01")
	both := f.postDay("anna with ben", "2026-04-01")
	f.want(http.StatusCreated, "POST", "/v1/activityparticipants", fmt.Sprintf(`{"activityGuid":%q,"participantGuid":%q}`, both, f.ben))
	if _, err := f.sim.AddActivity(severasim.Activity{Name: "ben alone", OwnerGUID: f.ben, TypeGUID: f.sim.TypeOf(severasim.CalendarEntry), Start: f.clock.Now()}); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		query string
		want  []string
	}{
		{"userGuids=" + f.ben, []string{"ben alone"}},
		{"includeAsMember=true&userGuids=" + f.ben, []string{"anna with ben", "ben alone"}},
		{"includeAsMember=true&userGuids=" + f.anna + "&userGuids=" + f.ben, []string{"anna alone", "anna with ben", "ben alone"}},
		{"userGuids=" + f.anna, []string{"anna alone", "anna with ben"}},
		{"includeAsMember=true", []string{"anna alone", "anna with ben", "ben alone"}},
		{"userGuids=unknown", []string{}},
		{"userGuids[]=" + f.ben, []string{"anna alone", "anna with ben", "ben alone"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, column(f.list("/v1/activities?"+tt.query), "name")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.query, diff)
		}
	}
	f.want(http.StatusOK, "PATCH", "/v1/activities/"+both, fmt.Sprintf(`[{"op":"Replace","path":"/ownerUser/guid","value":%q}]`, f.ben))
	if diff := cmp.Diff([]string{"anna with ben", "ben alone"}, column(f.list("/v1/activities?userGuids="+f.ben), "name")); diff != "" {
		t.Errorf("after a change of owner (-want +got):\n%s", diff)
	}
}

func TestList_RowsHaveTheDocumentedFieldsAndNoParticipants(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	f.postDay("m", "2026-04-01")
	got := f.list("/v1/activities")[0]
	for _, key := range []string{
		"guid", "name", "startDateTime", "endDateTime", "isAllDay", "hasDuration", "isClosed", "isUnassigned", "hasHours", "notes",
		"location", "activityType", "ownerUser", "customer", "phase", "projectTaskStatus", "recurrence", "recurrenceRule", "recurrenceType",
		"recurrenceParentActivityGuid", "createdDateTime", "lastUpdatedDateTime", "createdBy", "lastUpdatedBy",
	} {
		if _, ok := got[key]; !ok {
			t.Errorf("%s is missing", key)
		}
		delete(got, key)
	}
	if len(got) != 0 {
		t.Errorf("fields that the service does not have: %v", got)
	}
}

func TestList_PlainFilters(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	customer := "c0000000-0000-4000-8000-000000000001"
	contact := f.sim.AddContact(severasim.Contact{FirstName: "Cleo", LastName: "Client", CustomerGUID: customer, CustomerName: "Client Oy"})
	top := f.sim.AddPhase(severasim.Phase{Name: "Project", ProjectGUID: "p1", ProjectName: "P", ProjectOwner: f.ben})
	sub := f.sim.AddPhase(severasim.Phase{Name: "Part", ProjectGUID: "p1", ProjectName: "P", ProjectOwner: f.ben, ParentGUID: top})
	add := func(name string, category severasim.Category, set func(*severasim.Activity)) {
		a := severasim.Activity{Name: name, OwnerGUID: f.anna, TypeGUID: f.sim.TypeOf(category), Start: f.clock.Now(), End: f.clock.Now().Add(time.Hour), HasDuration: true}
		set(&a)
		if _, err := f.sim.AddActivity(a); err != nil {
			t.Fatal(err)
		}
	}
	add("plain", severasim.CalendarEntry, func(*severasim.Activity) {})
	add("closed to-do", severasim.SalesEvent, func(a *severasim.Activity) { a.Closed, a.HasDuration, a.End = true, false, time.Time{} })
	add("task", severasim.Task, func(a *severasim.Activity) { a.PhaseGUID, a.HasHours = sub, true })
	add("visit", severasim.CalendarEntry, func(a *severasim.Activity) {
		a.CustomerGUID, a.Participants = customer, []severasim.Participant{{Who: contact}}
	})
	add("free", severasim.Personal, func(a *severasim.Activity) { a.Unassigned = true })
	notStarted := decodeInto[[]row](t, f.want(http.StatusOK, "GET", "/v1/projecttaskstatuses", ""))[0]["guid"].(string)
	tests := []struct {
		query string
		want  []string
	}{
		{"closed=true", []string{"closed to-do"}},
		{"closed=false", []string{"plain", "task", "visit", "free"}},
		{"hasDuration=false", []string{"closed to-do"}},
		{"hasHours=true", []string{"task"}},
		{"isUnassigned=true", []string{"free"}},
		{"activityCategories=Personal&activityCategories=Task", []string{"task", "free"}},
		{"activityTypeGuids=" + f.sim.TypeOf(severasim.SalesEvent), []string{"closed to-do"}},
		{"customerGuids=" + customer + "&includeTasksWithNoCustomer=false", []string{"visit"}},
		{"customerGuids=other", []string{"plain", "closed to-do", "task", "free"}},
		{"includeTasksWithNoProject=false", []string{"task"}},
		{"projectGuids=p1&includeTasksWithNoProject=false", []string{"task"}},
		{"projectOwnerGuids=" + f.anna, []string{"plain", "closed to-do", "visit", "free"}},
		{"phaseGuids=" + top, []string{}},
		{"includeSubPhases=true&phaseGuids=" + top, []string{"task"}},
		{"phaseGuids=" + sub, []string{"task"}},
		{"projectTaskStatusGuids=" + notStarted, []string{"task"}},
		{"contactGuids=" + contact, []string{"visit"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, column(f.list("/v1/activities?"+tt.query), "name")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.query, diff)
		}
	}
	for _, bad := range []string{"closed=perhaps", "rowCount=0", "rowCount=x", "changedSince=yesterday", "startDateTime=2026-04-01T00:00:00+02:00", "recurrenceType=Never", "activityCategories=Fun"} {
		if got := errorType(t, f.want(http.StatusBadRequest, "GET", "/v1/activities?"+bad, "")); got != "InvalidParameter" {
			t.Errorf("%s: type %q", bad, got)
		}
	}
}

func TestList_FewChangesAmongManyRows(t *testing.T) {
	f := newOffice(t, severasim.Options{})
	var ids []string
	for i := range 30 {
		ids = append(ids, f.postDay(fmt.Sprintf("m%02d", i), "2026-04-01"))
	}
	benOwn := func() {
		if _, err := f.sim.AddActivity(severasim.Activity{Name: "ben", OwnerGUID: f.ben, TypeGUID: f.sim.TypeOf(severasim.CalendarEntry), Start: f.clock.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	for range 30 {
		benOwn()
	}
	f.clock.Add(time.Minute)
	since := "changedSince=" + url.QueryEscape(f.clock.Now().Format(time.RFC3339))
	f.join(ids[7], f.ben)
	f.join(ids[3], f.ben)
	for range 3 { // changed again and again: still one row each
		f.want(http.StatusOK, "PATCH", "/v1/activities/"+ids[3], `[{"op":"replace","path":"/notes","value":"n"}]`)
	}
	tests := []struct {
		query string
		want  []string
	}{
		{since, []string{"m03", "m07"}},
		{since + "&userGuids=" + f.anna, []string{"m03", "m07"}},
		{since + "&userGuids=" + f.ben, []string{}},
		{since + "&includeAsMember=true&userGuids=" + f.ben, []string{"m03", "m07"}},
	}
	for _, tt := range tests {
		rows, _ := f.listAll("/v1/activities?rowCount=1&"+tt.query, nil)
		if diff := cmp.Diff(tt.want, column(rows, "name")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.query, diff)
		}
	}
	f.want(http.StatusNoContent, "DELETE", "/v1/activities/"+ids[7], "")
	if diff := cmp.Diff([]string{"m03"}, column(f.list("/v1/activities?"+since), "name")); diff != "" {
		t.Errorf("after a deletion (-want +got):\n%s", diff)
	}
}
