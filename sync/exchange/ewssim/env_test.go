package ewssim

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

// office is a server with two people and a service account, and a client that
// writes SOAP by hand.
type office struct {
	*Server
	t     testing.TB
	url   string
	clock *clock
	as    string // account that signs in
	head  string // SOAP header blocks
}

type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

const (
	anna = "anna@office.test"
	ben  = "ben@office.test"
	fle  = "FLE Standard Time"
)

func newOffice(t testing.TB, o Options) *office {
	t.Helper()
	cl := &clock{t: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	if o.Now == nil {
		o.Now = cl.now
	}
	if o.Record == nil && !o.Switches.RawControls {
		o.Record = newRecorder(recorded, slog.New(slog.DiscardHandler))
	}
	o.Auth = AuthBasic
	s := New(o)
	s.AddAccount("service", "s3cret")
	s.AddAccount("anna", "pw-anna")
	s.AddAccount("ben", "pw-ben")
	for _, m := range []MailboxInfo{
		{Primary: anna, Aliases: []string{"a.virtanen@office.test"}, Name: "Anna Virtanen", Zone: fle, Account: "anna"},
		{Primary: ben, Name: "Ben Lind", Zone: fle, Account: "ben"},
	} {
		if err := s.AddMailbox(m); err != nil {
			t.Fatal(err)
		}
	}
	s.AllowImpersonation("service")
	r, err := s.Start("127.0.0.1:0", false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return &office{Server: s, t: t, url: r.URL, clock: cl, as: "anna", head: version("Exchange2013_SP1")}
}

func version(v string) string { return `<t:RequestServerVersion Version="` + v + `"/>` }

func impersonate(kind, who string) string {
	return `<t:ExchangeImpersonation><t:ConnectingSID><t:` + kind + `>` + who + `</t:` + kind + `></t:ConnectingSID></t:ExchangeImpersonation>`
}

func (o *office) envelope(body string) string {
	return `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="` + xmlnode.SOAP + `" xmlns:t="` + xmlnode.Types + `" xmlns:m="` + xmlnode.Messages + `">` +
		`<s:Header>` + o.head + `</s:Header><s:Body>` + body + `</s:Body></s:Envelope>`
}

var passwords = map[string]string{"service": "s3cret", "anna": "pw-anna", "ben": "pw-ben"}

// raw posts a document and returns status and body.
func (o *office) raw(doc string) (int, []byte, error) {
	o.t.Helper()
	req, err := http.NewRequestWithContext(o.t.Context(), http.MethodPost, o.url, strings.NewReader(doc))
	if err != nil {
		return 0, nil, err
	}
	req.SetBasicAuth(o.as, passwords[o.as])
	req.Header.Set("Content-Type", "text/xml; charset=utf-8")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, b, err
}

// call posts an operation and returns the parsed body of the answer.
func (o *office) call(body string) *xmlnode.Node {
	o.t.Helper()
	_, b, err := o.raw(o.envelope(body))
	if err != nil {
		o.t.Fatalf("post: %v", err)
	}
	n, err := xmlnode.Parse(b)
	if err != nil {
		o.t.Fatalf("answer does not parse: %v\n%s", err, b)
	}
	return n.Kid("Body")
}

// codes returns the response codes of an answer; a fault's code stands alone.
func codes(body *xmlnode.Node) []string {
	if f := body.Kid("Fault"); f != nil {
		return []string{f.Kid("detail").KidText("ResponseCode")}
	}
	var out []string
	for _, m := range body.First().Kid("ResponseMessages").All() {
		out = append(out, m.KidText("ResponseCode"))
	}
	return out
}

func code(body *xmlnode.Node) string { return strings.Join(codes(body), ",") }

// ok fails the test unless every response code is NoError.
func (o *office) ok(body string) *xmlnode.Node {
	o.t.Helper()
	n := o.call(body)
	for _, c := range codes(n) {
		if c != "NoError" {
			o.t.Fatalf("answer has code %s, want NoError\n%s", c, text(n))
		}
	}
	return n
}

func text(n *xmlnode.Node) string {
	w := &xmlnode.Writer{}
	w.Node(n)
	return string(bytes.ReplaceAll(w.Bytes(), []byte("><"), []byte(">\n<")))
}

// all returns every element of that name below n.
func all(n *xmlnode.Node, name string) []*xmlnode.Node {
	var out []*xmlnode.Node
	for _, k := range n.All() {
		if k.Name == name {
			out = append(out, k)
		}
		out = append(out, all(k, name)...)
	}
	return out
}

func one(t testing.TB, n *xmlnode.Node, name string) *xmlnode.Node {
	t.Helper()
	found := all(n, name)
	if len(found) != 1 {
		t.Fatalf("answer has %d elements %s, want 1\n%s", len(found), name, text(n))
	}
	return found[0]
}

type (
	node = xmlnode.Node
	attr = xmlnode.Attr
)

type ref struct{ id, key string }

func (r ref) xml(elem string) string {
	return `<t:` + elem + ` Id="` + r.id + `" ChangeKey="` + r.key + `"/>`
}

func refOf(n *xmlnode.Node) ref { return ref{n.Attr("Id"), n.Attr("ChangeKey")} }

func calendarItem(inner string) string { return `<t:CalendarItem>` + inner + `</t:CalendarItem>` }

func createBody(inner, send string) string {
	return `<m:CreateItem SendMeetingInvitations="` + send + `"><m:SavedItemFolderId><t:DistinguishedFolderId Id="calendar"/></m:SavedItemFolderId><m:Items>` + inner + `</m:Items></m:CreateItem>`
}

// create stores a calendar item and returns its ids.
func (o *office) create(inner string) ref {
	o.t.Helper()
	return refOf(one(o.t, o.ok(createBody(calendarItem(inner), "SendToNone")), "ItemId"))
}

func timed(subject, start, end string) string {
	return `<t:Subject>` + subject + `</t:Subject><t:Start>` + start + `</t:Start><t:End>` + end + `</t:End>`
}

func shapeXML(base, extra string) string {
	s := `<m:ItemShape><t:BaseShape>` + base + `</t:BaseShape>`
	if extra != "" {
		s += `<t:AdditionalProperties>` + extra + `</t:AdditionalProperties>`
	}
	return s + `</m:ItemShape>`
}

func field1(uri string) string { return `<t:FieldURI FieldURI="` + uri + `"/>` }

func (o *office) get(r ref) *xmlnode.Node {
	o.t.Helper()
	return o.ok(`<m:GetItem>`+shapeXML("AllProperties", "")+`<m:ItemIds><t:ItemId Id="`+r.id+`"/></m:ItemIds></m:GetItem>`).Path("GetItemResponse", "ResponseMessages", "GetItemResponseMessage", "Items").First()
}

const calendarID = `<t:DistinguishedFolderId Id="calendar"/>`

func syncBody(state string, limit string) string {
	st := ""
	if state != "" {
		st = `<m:SyncState>` + state + `</m:SyncState>`
	}
	return `<m:SyncFolderItems>` + shapeXML("IdOnly", "") + `<m:SyncFolderId>` + calendarID + `</m:SyncFolderId>` + st + `<m:MaxChangesReturned>` + limit + `</m:MaxChangesReturned></m:SyncFolderItems>`
}

func setField(uri, inner string) string {
	return `<t:SetItemField><t:FieldURI FieldURI="` + uri + `"/><t:CalendarItem>` + inner + `</t:CalendarItem></t:SetItemField>`
}

func updateBody(mode, send, target, updates string) string {
	return `<m:UpdateItem ConflictResolution="` + mode + `" SendMeetingInvitationsOrCancellations="` + send + `"><m:ItemChanges><t:ItemChange>` + target + `<t:Updates>` + updates + `</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>`
}

func deleteBody(how, ids string) string {
	return `<m:DeleteItem DeleteType="` + how + `" SendMeetingCancellations="SendToNone"><m:ItemIds>` + ids + `</m:ItemIds></m:DeleteItem>`
}

func parse(b []byte) (*node, error) { return xmlnode.Parse(b) }
