package matrix

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/sync/severa/severasim"
)

// The readers here are clients of their own: the program's would be blind for
// what it gets wrong itself.

// seen is one occurrence as a side shows it.
type seen struct {
	id, parent string
	subject    string
	start, end time.Time
	whole      bool
	private    bool
}

// line is an occurrence as a person in that zone reads it.
func (s seen) line(loc *time.Location) string {
	private := ""
	if s.private {
		private = ", private"
	}
	if s.whole {
		last := s.end.AddDate(0, 0, -1)
		return fmt.Sprintf("%s to %s, whole days: %s%s", s.start.Format("Mon 2006-01-02"), last.Format("Mon 2006-01-02"), s.subject, private)
	}
	return fmt.Sprintf("%s to %s: %s%s", s.start.In(loc).Format("Mon 2006-01-02 15:04"), s.end.In(loc).Format("15:04"), s.subject, private)
}

func lines(all []seen, loc *time.Location) []string {
	out := []string{}
	for _, s := range all {
		out = append(out, s.line(loc))
	}
	slices.SortFunc(out, func(a, b string) int { return strings.Compare(a[4:], b[4:]) }) // by date, not by the name of the day
	return out
}

func send(t *testing.T, r *http.Request) []byte {
	t.Helper()
	b, _ := sendPage(t, r)
	return b
}

func sendPage(t *testing.T, r *http.Request) (body []byte, next string) {
	t.Helper()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s %v\n%s", r.Method, r.URL.Path, resp.Status, err, b)
	}
	return b, resp.Header.Get("NextPageToken")
}

const calendarView = `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages">
<s:Header><t:RequestServerVersion Version="Exchange2016"/><t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>%s</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation></s:Header>
<s:Body><m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape><t:AdditionalProperties><t:FieldURI FieldURI="item:Subject"/><t:FieldURI FieldURI="item:Sensitivity"/><t:FieldURI FieldURI="calendar:IsAllDayEvent"/></t:AdditionalProperties></m:ItemShape>
<m:CalendarView StartDate="%s" EndDate="%s"/><m:ParentFolderIds><t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds></m:FindItem></s:Body></s:Envelope>`

// viewed is a calendar entry of an answer to FindItem.
type viewed struct {
	Subject     string    `xml:"Subject"`
	Start       time.Time `xml:"Start"`
	End         time.Time `xml:"End"`
	AllDay      bool      `xml:"IsAllDayEvent"`
	Sensitivity string    `xml:"Sensitivity"`
	Kind        string    `xml:"CalendarItemType"`
}

// readExchange lists what a calendar shows between two moments.
func readExchange(t *testing.T, address, mailbox string, from, to time.Time, loc *time.Location) []seen {
	t.Helper()
	body := fmt.Sprintf(calendarView, mailbox, from.UTC().Format(time.RFC3339), to.UTC().Format(time.RFC3339))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(account, password)
	r.Header.Set("Content-Type", "text/xml; charset=utf-8")
	answer := send(t, r)
	var out []seen
	d := xml.NewDecoder(bytes.NewReader(answer))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		el, ok := tok.(xml.StartElement)
		if !ok || el.Name.Local != "CalendarItem" {
			continue
		}
		var v viewed
		if err := d.DecodeElement(&v, &el); err != nil {
			t.Fatal(err)
		}
		s := seen{subject: v.Subject, start: v.Start, end: v.End, whole: v.AllDay, private: v.Sensitivity == "Private"}
		if v.AllDay {
			s.start, s.end = midnightUTC(v.Start.In(loc)), midnightUTC(v.End.In(loc))
		}
		out = append(out, s)
	}
	if !bytes.Contains(answer, []byte("NoError")) {
		t.Fatalf("view of %s: %s", mailbox, answer)
	}
	return out
}

// severaReader lists activities with a token of its own.
type severaReader struct {
	url, token string
	personal   map[string]bool
	midnights  func(loc *time.Location) *time.Location // whose midnights bound whole days
}

func newSeveraReader(t *testing.T, base string, sw severasim.Switches) *severaReader {
	t.Helper()
	ask, err := json.Marshal(map[string]string{"client_id": account, "client_secret": password, "scope": "activities:read,activities:write,users:read,settings:read"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/v1/token", bytes.NewReader(ask))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	var granted struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(send(t, r), &granted); err != nil {
		t.Fatal(err)
	}
	s := &severaReader{url: base + "/v1", token: granted.Token, personal: map[string]bool{}}
	s.midnights = func(loc *time.Location) *time.Location {
		switch sw.MidnightOf {
		case severasim.ZoneUTC:
			return time.UTC
		case severasim.ZoneOrganisation:
			return zone(t, home)
		default:
			return loc
		}
	}
	var types []struct{ GUID, Category string }
	s.get(t, "/activitytypes", nil, func(b []byte) {
		if err := json.Unmarshal(b, &types); err != nil {
			t.Fatal(err)
		}
		for _, ty := range types {
			s.personal[ty.GUID] = ty.Category == "Personal"
		}
	})
	return s
}

func (s *severaReader) get(t *testing.T, path string, q url.Values, page func([]byte)) {
	t.Helper()
	for next := ""; ; {
		if q == nil {
			q = url.Values{}
		}
		if next != "" {
			q.Set("pageToken", next)
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path+"?"+q.Encode(), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+s.token)
		r.Header["Client_Id"] = []string{account}
		b, more := sendPage(t, r)
		page(b)
		if next = more; next == "" {
			return
		}
	}
}

// row is an activity of a listing.
type row struct {
	GUID, Name string
	Start      time.Time `json:"startDateTime"`
	End        time.Time `json:"endDateTime"`
	AllDay     bool      `json:"isAllDay"`
	Type       struct {
		GUID string
	} `json:"activityType"`
	Parent string `json:"recurrenceParentActivityGuid"`
}

// read lists what a user sees between two moments, each occurrence by itself.
func (s *severaReader) read(t *testing.T, user string, from, to time.Time, loc *time.Location) []seen {
	t.Helper()
	q := url.Values{
		"userGuids": {user}, "includeAsMember": {"true"}, "rowCount": {"100"},
		"startDateTime": {from.UTC().Format(time.RFC3339)}, "endDateTime": {to.UTC().Format(time.RFC3339)},
	}
	var out []seen
	s.get(t, "/activities", q, func(b []byte) {
		var rows []row
		if err := json.Unmarshal(b, &rows); err != nil {
			t.Fatalf("%v in %s", err, b)
		}
		for _, r := range rows {
			v := seen{id: r.GUID, parent: r.Parent, subject: r.Name, start: r.Start, end: r.End, whole: r.AllDay, private: s.personal[r.Type.GUID]}
			if r.AllDay {
				v.start, v.end = midnightUTC(r.Start.In(s.midnights(loc))), midnightUTC(r.End.In(s.midnights(loc)))
			}
			out = append(out, v)
		}
	})
	return out
}

// changeSevera departs from a series on one day.
func (c *testCase) changeSevera(t *testing.T, s *severasim.Server, of calendar, ch change) {
	t.Helper()
	loc := zone(t, c.Entry.Zone)
	if c.Entry.Days == 0 {
		loc = zone(t, c.Entry.Home)
	}
	for _, v := range of.severa.read(t, of.user, epoch.AddDate(0, -2, 0), epoch.AddDate(1, 0, 0), loc) {
		day := v.start.In(loc)
		if v.whole {
			day = v.start
		}
		if v.parent == "" || day.Format(time.DateOnly) != ch.On {
			continue
		}
		var err error
		if ch.Deleted {
			err = s.RemoveActivity(v.id)
		} else {
			personal := s.TypeOf(severasim.Personal)
			err = s.EditActivity(v.id, func(a *severasim.Activity) {
				ch.apply(&a.Name, &a.Start, &a.End, v.whole, of.severa.midnights(loc))
				if ch.Private {
					a.TypeGUID = personal
				}
			})
		}
		if err != nil {
			t.Fatalf("%s, %s: %v", c.name, ch.On, err)
		}
		return
	}
	t.Fatalf("%s has no occurrence on %s: %v", c.name, ch.On, lines(of.severa.read(t, of.user, epoch.AddDate(0, -2, 0), epoch.AddDate(1, 0, 0), loc), loc))
}
