package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestActivities_FollowsPageTokenWithAllOtherParametersIdentical(t *testing.T) {
	f := newFakeServer(t, func(w http.ResponseWriter, r *http.Request) {
		n := map[string]int{"": 1, "p;2&x": 2, "p3": 3}[r.URL.Query().Get("pageToken")]
		if next := []string{"", "p;2&x", "p3", ""}[n]; next != "" {
			w.Header().Set("NextPageToken", next)
		}
		w.Header().Set("Date", "Mon, 02 Mar 2026 08:00:00 GMT")
		_, _ = fmt.Fprintf(w, `[{"guid":"a%d"}]`, n)
	})
	c := newTestClient(t, f.URL)
	no := false
	q := ActivityQuery{
		UserGUIDs: []string{"u1", "u2"}, IncludeAsMember: true, RecurrenceType: RecurrenceSeries, Closed: &no,
		ChangedSince: time.Date(2026, 2, 20, 12, 11, 12, 123_000_000, time.FixedZone("", 7200)),
	}
	var ids []string
	var lasts []bool
	for page, err := range c.Activities(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		if want := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC); !page.ServerTime.Equal(want) {
			t.Errorf("server time = %v, want %v", page.ServerTime, want)
		}
		ids = append(ids, page.Rows[0].GUID)
		lasts = append(lasts, page.Last)
	}
	if diff := cmp.Diff([]string{"a1", "a2", "a3"}, ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]bool{false, false, true}, lasts); diff != "" {
		t.Errorf("last (-want +got):\n%s", diff)
	}
	want := url.Values{
		"userGuids": {"u1", "u2"}, "includeAsMember": {"true"}, "recurrenceType": {"Series"}, "closed": {"false"},
		"changedSince": {"2026-02-20T12:11:12.123+02:00"}, "rowCount": {"100"},
	}
	for i, r := range f.seen(http.MethodGet) {
		got, err := url.ParseQuery(r.Query)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := got.Get("pageToken"), []string{"", "p;2&x", "p3"}[i]; got != want {
			t.Errorf("page %d: token = %q, want %q", i, got, want)
		}
		got.Del("pageToken")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("page %d: query (-want +got):\n%s", i, diff)
		}
		if strings.Contains(r.Query, "+02:00") {
			t.Errorf("page %d: the offset's plus is not escaped: %s", i, r.Query)
		}
	}
}

func TestActivities_SendsEveryDocumentedParameter(t *testing.T) {
	yes, no := true, false
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	got, err := ActivityQuery{
		UserGUIDs: []string{"u"}, IncludeAsMember: true, Start: at, End: at.AddDate(0, 1, 0), StrictTimes: true, ChangedSince: at,
		RecurrenceType: RecurrenceNone, Categories: []Category{CategoryPersonal, CategoryCalendarEntry}, ActivityTypeGUIDs: []string{"t"},
		Closed: &yes, HasDuration: &yes, HasHours: &no, IsUnassigned: &no, CustomerGUIDs: []string{"c"}, IncludeWithNoCustomer: &no,
		ProjectGUIDs: []string{"p"}, IncludeWithNoProject: &no, ProjectBusinessUnitGUIDs: []string{"b"}, ProjectOwnerGUIDs: []string{"o"},
		ProjectTaskStatusGUIDs: []string{"s"}, PhaseGUIDs: []string{"ph"}, IncludeSubPhases: true, ContactGUIDs: []string{"co"},
		UserKeywordGUIDs: []string{"k"}, RowCount: 7,
	}.values()
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{
		"userGuids": {"u"}, "includeAsMember": {"true"}, "startDateTime": {"2026-03-01T00:00:00+00:00"}, "endDateTime": {"2026-04-01T00:00:00+00:00"},
		"useStrictStartAndEndDateTime": {"true"}, "changedSince": {"2026-03-01T00:00:00+00:00"}, "recurrenceType": {"None"},
		"activityCategories": {"Personal", "CalendarEntry"}, "activityTypeGuids": {"t"}, "closed": {"true"}, "hasDuration": {"true"},
		"hasHours": {"false"}, "isUnassigned": {"false"}, "customerGuids": {"c"}, "includeTasksWithNoCustomer": {"false"},
		"projectGuids": {"p"}, "includeTasksWithNoProject": {"false"}, "projectBusinessUnitGuids": {"b"}, "projectOwnerGuids": {"o"},
		"projectTaskStatusGuids": {"s"}, "phaseGuids": {"ph"}, "includeSubPhases": {"true"}, "contactGuids": {"co"},
		"userKeywordGuids": {"k"}, "rowCount": {"7"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("query (-want +got):\n%s", diff)
	}
}

func TestActivities_RepeatedPageTokenEndsWithAnError(t *testing.T) {
	f := newFakeServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("NextPageToken", map[string]string{"": "a", "a": "b", "b": "a"}[r.URL.Query().Get("pageToken")])
		_, _ = io.WriteString(w, `[{"guid":"x"}]`)
	})
	rows, _, err := All(newTestClient(t, f.URL).Activities(t.Context(), ActivityQuery{}))
	wantClass(t, err, Protocol)
	if rows != nil {
		t.Errorf("rows = %v, want none beside an error", rows)
	}
	if got, want := len(f.seen("")), 3; got != want {
		t.Errorf("requests = %d, want %d", got, want)
	}
}

func TestActivities_PageLimitEndsWithAnError(t *testing.T) {
	n := 0
	f := newFakeServer(t, func(w http.ResponseWriter, _ *http.Request) {
		n++
		w.Header().Set("NextPageToken", fmt.Sprint(n))
		_, _ = io.WriteString(w, `[]`)
	})
	c := newTestClient(t, f.URL, func(o *Options) { o.MaxPages = 4 })
	_, _, err := All(c.Activities(t.Context(), ActivityQuery{}))
	wantClass(t, err, Protocol)
	if got, want := len(f.seen("")), 4; got != want {
		t.Errorf("requests = %d, want %d", got, want)
	}
}

func TestActivities_ErrorOnALaterPageIsNoShortList(t *testing.T) {
	f := newFakeServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("pageToken") != "" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("NextPageToken", "2")
		_, _ = io.WriteString(w, `[{"guid":"x"}]`)
	})
	rows, _, err := All(newTestClient(t, f.URL).Activities(t.Context(), ActivityQuery{}))
	wantClass(t, err, Unavailable)
	if rows != nil {
		t.Errorf("rows = %v, want none", rows)
	}
}

func TestList_UnreadableAnswersAreErrorsNeverAnEmptyList(t *testing.T) {
	tests := []struct {
		name, ctype, body string
		status            int
		want              Class
	}{
		{"proxy page", "text/html; charset=utf-8", "<!DOCTYPE html><html><body>Sign in</body></html>", 200, Protocol},
		{"page that says json", "application/json", "<html></html>", 200, Protocol},
		{"page that says html but is json", "text/html", "[]", 200, Protocol},
		{"empty", "application/json", "", 200, Protocol},
		{"blank", "application/json", "  \r\n", 200, Protocol},
		{"null", "application/json", "null", 200, Protocol},
		{"object", "application/json", `{"value":[]}`, 200, Protocol},
		{"truncated", "application/json", `[{"guid":"a"},{"guid":"b`, 200, Protocol},
		{"trailing garbage", "application/json", `[]]`, 200, Protocol},
		{"no content", "", "", 204, Protocol},
		{"created", "application/json", "[]", 201, Protocol},
		{"redirect", "", "", 307, Protocol},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFakeServer(t, reply(tt.status, tt.ctype, tt.body))
			rows, _, err := All(newTestClient(t, f.URL).Activities(t.Context(), ActivityQuery{}))
			e := wantClass(t, err, tt.want)
			if rows != nil || e.Op != "list activities" {
				t.Errorf("rows = %v, op = %q, want none and list activities", rows, e.Op)
			}
		})
	}
}

func TestList_BodyCutOnTheWireIsUnavailable(t *testing.T) {
	f := newFakeServer(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `[]`) // valid JSON, but less than announced
	})
	_, _, err := All(newTestClient(t, f.URL).Activities(t.Context(), ActivityQuery{}))
	wantClass(t, err, Unavailable)
}

func TestList_AnswerOverTheLimitIsRefused(t *testing.T) {
	f := newFakeServer(t, reply(200, "application/json", "["+strings.Repeat(" ", 5000)+"]"))
	c := newTestClient(t, f.URL, func(o *Options) { o.MaxAnswer = 4000 })
	_, _, err := All(c.Activities(t.Context(), ActivityQuery{}))
	wantClass(t, err, Protocol)
}

func TestList_BadRowIsAProblemOfThatRow(t *testing.T) {
	f := newFakeServer(t, reply(200, "application/json", `[
		{"guid":"good-1","name":"A","startDateTime":"2026-03-02T08:00:00Z"},
		{"guid":"bad-time","name":"B","startDateTime":"second of March"},
		{"guid":"bad-offset","startDateTime":"2026-03-02T08:00:00"},
		{"guid":"bad-type","name":{"secret":"x"}},
		{"guid":"bad-phone-like","isAllDay":12345},
		{"name":"no id"}, null, "text", {"guid":17},
		{"guid":"bad-number","customer":{"number":4711.5}},
		{"guid":"g;1","recurrenceType":"Sometimes","activityType":{"guid":"t","category":"Novelty"},"endDateTime":null,"notes":null,"ownerUser":null,"unknown":{"a":1}}
	]`))
	var page Page[Activity]
	for p, err := range newTestClient(t, f.URL).Activities(t.Context(), ActivityQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		page = p
	}
	want := []Activity{
		{GUID: "good-1", Name: "A", Start: At(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))},
		{GUID: "g;1", RecurrenceType: "Sometimes", ActivityType: TypeRef{GUID: "t", Category: "Novelty"}},
	}
	if diff := cmp.Diff(want, page.Rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if page.Rows[1].RecurrenceType.Known() || page.Rows[1].ActivityType.Category.Known() {
		t.Error("unknown enumeration values are reported as known")
	}
	var got []string
	for _, p := range page.Problems {
		got = append(got, fmt.Sprintf("%d %q %v", p.Index, p.GUID, p.Err))
	}
	wantProblems := []string{
		`1 "bad-time" member startDateTime: found text that is no time with an offset`,
		`2 "bad-offset" member startDateTime: found text that is no time with an offset`,
		`3 "bad-type" member name: found object`,
		`4 "bad-phone-like" member isAllDay: found number`,
		`5 "" it has no id`, `6 "" it is null`, `7 "" found string where another type belongs`, `8 "" member guid: found number`,
		`9 "bad-number" member customer.number: found number`,
	}
	if diff := cmp.Diff(wantProblems, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestActivity_ReadsAllDocumentedFields(t *testing.T) {
	f := newFakeServer(t, reply(200, "application/json", `{"guid":"s1;o2","name":"Weekly","startDateTime":"2026-03-02T09:00:00.1234567+02:00",
		"endDateTime":"2026-03-02T10:00:00+0200","isAllDay":false,"hasDuration":true,"isClosed":true,"isUnassigned":true,"hasHours":true,"notes":"n","location":"l",
		"activityType":{"guid":"t1","name":"Meeting","category":"CalendarEntry"},
		"ownerUser":{"guid":"u1","name":"O","code":"c","keywords":[{"guid":"k","value":"v"}]},"customer":{"guid":"c1","name":"C","number":12},
		"phase":{"guid":"p1","name":"P","isLocked":true,"projectGuid":"pg","projectName":"pn","projectNumber":3,"projectOwnerGuid":"po"},
		"projectTaskStatus":{"guid":"ps","name":"Done"},
		"recurrence":{"frequency":"Weekly","pattern":{"daily":null,"weekly":{"interval":2,"monday":true,"thursday":true},"monthly":null,"yearly":null},
			"range":{"maxOccurrences":null,"recursUntilDate":"2026-12-31"},"exceptions":["2026-03-09T09:00:00+02:00"],"lastOccurrenceDateTime":null},
		"recurrenceRule":"FREQ=WEEKLY","recurrenceType":"Exception","recurrenceParentActivityGuid":"s1",
		"createdDateTime":"0001-01-01T00:00:00+00:00","lastUpdatedDateTime":"2026-02-20T10:11:12.123Z",
		"createdBy":{"guid":"e","name":"E","code":"ec","firstName":"F","lastName":"L"},"lastUpdatedBy":null}`))
	got, err := newTestClient(t, f.URL).Activity(t.Context(), "s1;o2")
	if err != nil {
		t.Fatal(err)
	}
	twelve, three := int64(12), int64(3)
	zone := time.FixedZone("", 7200)
	want := Activity{
		GUID: "s1;o2", Name: "Weekly", Start: At(time.Date(2026, 3, 2, 9, 0, 0, 123456700, zone)), End: At(time.Date(2026, 3, 2, 10, 0, 0, 0, zone)),
		HasDuration: true, IsClosed: true, IsUnassigned: true, HasHours: true, Notes: "n", Location: "l",
		ActivityType: TypeRef{"t1", "Meeting", CategoryCalendarEntry},
		OwnerUser:    OwnerRef{"u1", "O", "c", []Keyword{{"k", "v"}}}, Customer: &CustomerRef{"c1", "C", &twelve},
		Phase:             &PhaseRef{"p1", "P", true, "pg", "pn", &three, "po"},
		ProjectTaskStatus: &Ref{"ps", "Done"},
		Recurrence: &Recurrence{
			Frequency: Weekly, Pattern: RecurrencePattern{Weekly: &WeeklyPattern{Interval: 2, Monday: true, Thursday: true}},
			Range: RecurrenceRange{Until: Date{2026, 12, 31}}, Exceptions: []Time{At(time.Date(2026, 3, 9, 9, 0, 0, 0, zone))},
		},
		RecurrenceRule: "FREQ=WEEKLY", RecurrenceType: RecurrenceException, RecurrenceParentActivityGUID: "s1",
		LastUpdated: At(time.Date(2026, 2, 20, 10, 11, 12, 123_000_000, time.UTC)),
		CreatedBy:   &Editor{"e", "E", "ec", "F", "L"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("activity (-want +got):\n%s", diff)
	}
	if got, want := f.seen("")[0].Path, "/rest-api/v1/activities/s1%3Bo2"; got != want {
		t.Errorf("path = %s, want %s", got, want)
	}
}

func TestIDs_AreEscapedOrRefused(t *testing.T) {
	f := newFakeServer(t, reply(http.StatusNoContent, "", ""))
	c := newTestClient(t, f.URL)
	if err := c.DeleteParticipant(t.Context(), "a/b;c,d?e#f", "p%2F{g}"); err != nil {
		t.Fatal(err)
	}
	if err := c.DeleteExceptions(t.Context(), "s 1"); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"/rest-api/v1/activities/a%2Fb%3Bc%2Cd%3Fe%23f/activityparticipants/p%252F%7Bg%7D",
		"/rest-api/v1/activities/s%201/exceptions",
	}
	for i, r := range f.seen("") {
		if r.Path != want[i] || r.Method != http.MethodDelete {
			t.Errorf("request %d = %s %s, want DELETE %s", i, r.Method, r.Path, want[i])
		}
	}
	before := len(f.seen(""))
	for _, id := range []string{"", ".", "..", "a\nb", "a\x00", "\xff", strings.Repeat("x", maxID+1)} {
		if e := wantClass(t, c.DeleteActivity(t.Context(), id), Invalid); e.Sent {
			t.Errorf("id %q: Sent = true, want false", id)
		}
	}
	if got := len(f.seen("")); got != before {
		t.Errorf("requests = %d, want %d: bad ids must not be sent", got, before)
	}
}

func TestCreateActivity_SendsOnlyWritableFields(t *testing.T) {
	f := newFakeServer(t, reply(201, "application/json", `{"guid":"c3","name":"Site visit"}`))
	d := aDraft()
	d.CustomerGUID = "cu"
	n := 10
	d.Recurrence = &Recurrence{
		Frequency: Weekly, Pattern: RecurrencePattern{Weekly: &WeeklyPattern{Interval: 1, Monday: true}},
		Range: RecurrenceRange{MaxOccurrences: &n}, Exceptions: []Time{d.Start}, LastOccurrence: d.Start,
	}
	got, err := newTestClient(t, f.URL).CreateActivity(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if got.GUID != "c3" {
		t.Errorf("guid = %q, want c3", got.GUID)
	}
	want := `{"name":"Site visit","startDateTime":"2026-03-02T09:00:00+02:00","endDateTime":"2026-03-02T10:30:00+02:00","isAllDay":false,"hasDuration":true,` +
		`"isClosed":false,"isUnassigned":false,"notes":"bring plans","location":"Room 2","activityType":{"guid":"type-1"},"ownerUser":{"guid":"user-1"},"customer":{"guid":"cu"},` +
		`"recurrence":{"frequency":"Weekly","pattern":{"weekly":{"interval":1,"monday":true,"tuesday":false,"wednesday":false,"thursday":false,"friday":false,"saturday":false,"sunday":false}},` +
		`"range":{"maxOccurrences":10,"recursUntilDate":null}}}`
	r := f.seen(http.MethodPost)[0]
	if diff := cmp.Diff(want, r.Body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if got, want := r.Header.Get("Content-Type"), "application/json"; got != want {
		t.Errorf("content type = %q, want %q", got, want)
	}
}

func TestCreateActivity_RefusesWhatCannotBeRight(t *testing.T) {
	f := newFakeServer(t, reply(201, "application/json", `{"guid":"c3"}`))
	c := newTestClient(t, f.URL)
	zero := 0
	for name, change := range map[string]func(*ActivityDraft){
		"name": func(d *ActivityDraft) { d.Name = "" }, "start": func(d *ActivityDraft) { d.Start = Time{} },
		"type": func(d *ActivityDraft) { d.ActivityTypeGUID = "" }, "owner": func(d *ActivityDraft) { d.OwnerGUID = "" },
		"end before start": func(d *ActivityDraft) { d.End = At(d.Start.Add(-time.Second)) },
		"all-day to-do":    func(d *ActivityDraft) { d.IsAllDay, d.HasDuration = true, false },
		"long location":    func(d *ActivityDraft) { d.Location = strings.Repeat("😀", 501) },
		"broken text":      func(d *ActivityDraft) { d.Notes = "\xff" },
		"year":             func(d *ActivityDraft) { d.End = At(time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)) },
		"no pattern":       func(d *ActivityDraft) { d.Recurrence = &Recurrence{Frequency: Daily} },
		"wrong pattern": func(d *ActivityDraft) {
			d.Recurrence = &Recurrence{Frequency: Daily, Pattern: RecurrencePattern{Weekly: &WeeklyPattern{Interval: 1, Monday: true}}}
		},
		"no weekday": func(d *ActivityDraft) {
			d.Recurrence = &Recurrence{Frequency: Weekly, Pattern: RecurrencePattern{Weekly: &WeeklyPattern{Interval: 1}}}
		},
		"zero interval": func(d *ActivityDraft) {
			d.Recurrence = &Recurrence{Frequency: Daily, Pattern: RecurrencePattern{Daily: &DailyPattern{Interval: &zero}}}
		},
		"month without day": func(d *ActivityDraft) {
			d.Recurrence = &Recurrence{Frequency: Monthly, Pattern: RecurrencePattern{Monthly: &MonthlyPattern{Interval: 1}}}
		},
		"year without month": func(d *ActivityDraft) {
			d.Recurrence = &Recurrence{Frequency: Yearly, Pattern: RecurrencePattern{Yearly: &YearlyPattern{Ordinal: First, OrdinalDay: Monday}}}
		},
		"unknown frequency": func(d *ActivityDraft) {
			d.Recurrence = &Recurrence{Frequency: "Hourly", Pattern: RecurrencePattern{Daily: &DailyPattern{}}}
		},
	} {
		d := aDraft()
		change(&d)
		_, err := c.CreateActivity(t.Context(), d)
		if e := wantClass(t, err, Invalid); e.Sent || e.Err == nil {
			t.Errorf("%s: %+v, want an unsent error with a cause", name, e)
		}
	}
	if got := len(f.seen("")); got != 0 {
		t.Errorf("requests = %d, want 0", got)
	}
}

func TestPatchActivity_SendsReplaceOperationsAndReadsTheArray(t *testing.T) {
	f := newFakeServer(t, reply(200, "application/json", `[{"guid":"other"},{"guid":"A1","name":"new"}]`))
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	got, err := newTestClient(t, f.URL).PatchActivity(t.Context(), "a1", []PatchOp{
		Replace("/name", "<new> & old"),
		{Path: "/startDateTime", Value: at},
		{Op: "Replace", Path: "/isClosed", Value: true},
		Replace("/notes", nil), Replace("/activityType/guid", "t2"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != "new" {
		t.Errorf("name = %q, want that of the row with the id", got.Name)
	}
	want := `[{"op":"replace","path":"/name","value":"<new> & old"},{"op":"replace","path":"/startDateTime","value":"2026-03-02T08:00:00+00:00"},` +
		`{"op":"replace","path":"/isClosed","value":true},{"op":"replace","path":"/notes","value":null},{"op":"replace","path":"/activityType/guid","value":"t2"}]`
	if diff := cmp.Diff(want, f.seen(http.MethodPatch)[0].Body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

func TestPatchActivity_RefusesBadOperations(t *testing.T) {
	f := newFakeServer(t, reply(200, "application/json", `[{"guid":"a1"}]`))
	c := newTestClient(t, f.URL)
	for name, ops := range map[string][]PatchOp{
		"none": nil, "add": {{Op: "add", Path: "/name", Value: "x"}}, "path": {Replace("name", "x")}, "root": {Replace("/", "x")},
		"twice": {Replace("/name", "x"), Replace("/Name", "y")}, "type": {Replace("/name", 1.5)}, "text": {Replace("/name", "\xff")},
		"map": {Replace("/name", map[string]any{})}, "rule": {Replace("/recurrence", &Recurrence{})},
	} {
		_, err := c.PatchActivity(t.Context(), "a1", ops)
		if e := wantClass(t, err, Invalid); e.Sent {
			t.Errorf("%s: Sent = true, want false", name)
		}
	}
	if got := len(f.seen("")); got != 0 {
		t.Errorf("requests = %d, want 0", got)
	}
}

func TestPatchActivity_AnswersThatDoNotShowTheOutcome(t *testing.T) {
	for name, body := range map[string]string{
		"no row": `[]`, "two others": `[{"guid":"x"},{"guid":"y"}]`, "bad row": `[{"guid":"a1","startDateTime":"?"}]`,
		"successes and errors": `{"successes":[],"errors":[]}`, "truncated": `[{"guid":"a1"`, "empty": ``, "page": `<html>`,
	} {
		f := newFakeServer(t, reply(200, "application/json", body))
		_, err := newTestClient(t, f.URL).PatchActivity(t.Context(), "a1", []PatchOp{Replace("/name", "x")})
		if e := wantClass(t, err, OutcomeUnknown); !e.Sent {
			t.Errorf("%s: Sent = false, want true", name)
		}
	}
}

func TestPatchActivity_OnlyRowMayHaveAnotherID(t *testing.T) {
	f := newFakeServer(t, reply(200, "application/json", `[{"guid":"exception-9"}]`))
	got, err := newTestClient(t, f.URL).PatchActivity(t.Context(), "s;o", []PatchOp{Replace("/name", "x")})
	if err != nil || got.GUID != "exception-9" {
		t.Errorf("got %q, %v, want exception-9", got.GUID, err)
	}
}

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
