package ewssim

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"lockstep/sync/internal/faultscript"
)

const getCalendar = `<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>` + calendarID + `</m:FolderIds></m:GetFolder>`

func TestVersions_AreRefusedAboveTheProduct(t *testing.T) {
	tests := []struct {
		gen       Generation
		ask, want string
	}{
		{Exchange2007SP1, "Exchange2007_SP1", "NoError"},
		{Exchange2007SP1, "Exchange2010", "ErrorInvalidServerVersion"},
		{Exchange2010SP2, "Exchange2010_SP2", "NoError"},
		{Exchange2010SP2, "Exchange2013", "ErrorInvalidServerVersion"},
		{Exchange2013SP1, "Exchange2016", "ErrorInvalidServerVersion"},
		{Exchange2016, "Exchange2016", "NoError"},
		{Exchange2016, "Exchange2019", "ErrorInvalidServerVersion"},
		{ExchangeSE, "V2018_01_08", "ErrorInvalidServerVersion"},
		{Exchange2019, "Exchange2007_SP1", "NoError"},
	}
	for _, tt := range tests {
		o := newOffice(t, Options{Version: tt.gen})
		o.head = version(tt.ask)
		if got := code(o.call(getCalendar)); got != tt.want {
			t.Errorf("%s asked %s: %s, want %s", tt.gen, tt.ask, got, tt.want)
		}
	}
}

func TestNewElements_AreUnknownToOldSchemas(t *testing.T) {
	o := newOffice(t, Options{})
	item := calendarItem(timed("x", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z") + fleZone)
	o.head = version("Exchange2007_SP1")
	if got := code(o.call(createBody(item, "SendToNone"))); got != "ErrorSchemaValidation" {
		t.Errorf("StartTimeZone in the 2007 schema gave %s", got)
	}
	o.head = version("Exchange2010_SP2")
	r := refOf(one(t, o.ok(createBody(item, "SendToNone")), "ItemId"))
	ask := `<m:GetItem>` + shapeXML("IdOnly", field1("calendar:IsOrganizer")) + `<m:ItemIds>` + r.xml("ItemId") + `</m:ItemIds></m:GetItem>`
	if got := code(o.call(ask)); got != "ErrorSchemaValidation" {
		t.Errorf("IsOrganizer in the 2010 schema gave %s", got)
	}
}

func TestFaults_AreDoneAsScripted(t *testing.T) {
	script := faultscript.New(
		faultscript.Rule{Side: side, Op: "GetFolder", Kind: faultscript.Throttle, Times: 1, RetryAfter: 1500 * time.Millisecond},
		faultscript.Rule{Side: side, Op: "GetFolder", Kind: faultscript.Unavailable, Times: 1},
		faultscript.Rule{Side: side, Op: "GetFolder", Kind: faultscript.DropBefore, Times: 1},
		faultscript.Rule{Side: side, Op: "GetFolder", Kind: faultscript.Unauthorized, Times: 1},
		faultscript.Rule{Side: side, Op: "CreateItem", Kind: faultscript.DropAfter, Times: 1},
		faultscript.Rule{Side: side, Op: "SyncFolderItems", Kind: faultscript.Truncated, Times: 1},
		faultscript.Rule{Side: side, Op: "SyncFolderItems", Kind: faultscript.Malformed, Times: 1},
	)
	o := newOffice(t, Options{Faults: script})
	n := o.call(getCalendar)
	if got := code(n); got != "ErrorServerBusy" {
		t.Errorf("throttled: %s", got)
	}
	if got := one(t, n, "Value").Text; got != "1500" {
		t.Errorf("BackOffMilliseconds = %s, want 1500", got)
	}
	status, _, err := o.raw(o.envelope(getCalendar))
	if status != http.StatusServiceUnavailable || err != nil {
		t.Errorf("unavailable: status %d, %v", status, err)
	}
	if _, _, err = o.raw(o.envelope(getCalendar)); err == nil {
		t.Error("a dropped request was answered")
	}
	if status, _, err = o.raw(o.envelope(getCalendar)); status != http.StatusUnauthorized || err != nil {
		t.Errorf("unauthorized: status %d, %v", status, err)
	}
	if got := code(o.call(getCalendar)); got != "NoError" {
		t.Errorf("after the faults: %s", got)
	}
	body := o.envelope(createBody(calendarItem(timed("x", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z")), "SendToNone"))
	if _, _, err := o.raw(body); err == nil {
		t.Error("the answer of a write was not dropped")
	}
	if items, _ := o.Items(anna, "calendar"); len(items) != 1 || o.WriteTotal() != 1 {
		t.Errorf("%d items and %d writes after a dropped answer, want 1 and 1", len(items), o.WriteTotal())
	}
	for _, kind := range []string{"truncated", "malformed"} {
		_, b, err := o.raw(o.envelope(syncBody("", "10")))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parse(b); err == nil {
			t.Errorf("%s answer parses", kind)
		}
	}
}

func TestFaults_ExpireCursorsAndEmptyPages(t *testing.T) {
	script := faultscript.New()
	o := newOffice(t, Options{Faults: script})
	o.create(timed("x", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z"))
	state := one(t, o.ok(syncBody("", "10")), "SyncState").Text
	script.Add(faultscript.Rule{Op: "SyncFolderItems", Kind: faultscript.ExpiredCursor, Times: 1}, faultscript.Rule{Op: "SyncFolderItems", Kind: faultscript.EmptyPage, Times: 1})
	if got := code(o.call(syncBody(state, "10"))); got != "ErrorInvalidSyncStateData" {
		t.Errorf("expired cursor: %s", got)
	}
	if got := len(all(o.ok(syncBody("", "10")), "Create")); got != 0 {
		t.Errorf("empty page has %d items", got)
	}
	if got := len(all(o.ok(syncBody("", "10")), "Create")); got != 1 {
		t.Errorf("%d items after the empty page, want 1", got)
	}
}

func TestDate_IsTheSkewedClock(t *testing.T) {
	o := newOffice(t, Options{Faults: faultscript.New(faultscript.Rule{Side: side, Kind: faultscript.Skew, Skew: -90 * time.Second})})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, o.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if got := resp.Header.Get("Date"); got != "Mon, 02 Mar 2026 08:58:30 GMT" {
		t.Errorf("Date = %s", got)
	}
}

func TestStart_ServesTLSWithItsOwnAuthority(t *testing.T) {
	s := New(Options{Auth: AuthBasic, Now: func() time.Time { return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) }})
	r, err := s.Start("127.0.0.1:0", true)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(r.CAPEM) {
		t.Fatal("authority is not PEM")
	}
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, Time: s.now}}
	defer tr.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := tr.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("status = %d, want 401", resp.StatusCode)
	}
}

func subscribeBody(kind, more string) string {
	return `<m:Subscribe><m:` + kind + `><t:FolderIds>` + calendarID + `</t:FolderIds><t:EventTypes><t:EventType>CreatedEvent</t:EventType><t:EventType>DeletedEvent</t:EventType><t:EventType>ModifiedEvent</t:EventType><t:EventType>MovedEvent</t:EventType></t:EventTypes>` + more + `</m:` + kind + `></m:Subscribe>`
}

func streamBody(id string) string {
	return `<m:GetStreamingEvents><m:SubscriptionIds><t:SubscriptionId>` + id + `</t:SubscriptionId></m:SubscriptionIds><m:ConnectionTimeout>1</m:ConnectionTimeout></m:GetStreamingEvents>`
}

func TestStreaming_SendsWholeEnvelopes(t *testing.T) {
	o := newOffice(t, Options{StreamMinute: 300 * time.Millisecond, KeepAlive: 100 * time.Millisecond})
	id := one(t, o.ok(subscribeBody("StreamingSubscriptionRequest", "")), "SubscriptionId").Text
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, o.url, strings.NewReader(o.envelope(streamBody(id))))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("anna", "pw-anna")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	rd := bufio.NewReader(resp.Body)
	doc := func() string {
		var b strings.Builder
		for !strings.HasSuffix(b.String(), "</Envelope>") {
			c, err := rd.ReadByte()
			if err != nil {
				t.Fatalf("stream ended: %v after %q", err, b.String())
			}
			b.WriteByte(c)
		}
		return b.String()
	}
	if d := doc(); !strings.HasPrefix(d, "<Envelope xmlns=") || !strings.Contains(d, "<m:ConnectionStatus>OK<") {
		t.Fatalf("first document = %s", d)
	}
	r := o.create(timed("x", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z"))
	seen := map[string]bool{}
	for !seen["closed"] {
		d := doc()
		switch {
		case strings.Contains(d, "CreatedEvent"):
			seen["created"] = strings.Contains(d, r.id) || strings.Contains(d, "+") && seen["created"]
			seen["created"] = seen["created"] || len(r.id) > 0 && strings.Contains(d, strings.ReplaceAll(r.id, "&", "&amp;"))
		case strings.Contains(d, "StatusEvent"):
			seen["alive"] = true
		case strings.Contains(d, ">Closed<"):
			seen["closed"] = true
		}
	}
	if !seen["created"] || !seen["alive"] {
		t.Errorf("stream brought %v, want the creation and a keep-alive", seen)
	}
	if _, err := rd.ReadByte(); err != io.EOF {
		t.Errorf("after the last document: %v, want EOF", err)
	}
	o.DropSubscriptions()
	_, b, err := o.raw(o.envelope(streamBody(id)))
	if err != nil || !strings.Contains(string(b), "ErrorSubscriptionNotFound") {
		t.Errorf("forgotten subscription: %v, %s", err, b)
	}
}

func TestStreaming_EndsWithTheClient(t *testing.T) {
	o := newOffice(t, Options{})
	id := one(t, o.ok(subscribeBody("StreamingSubscriptionRequest", "")), "SubscriptionId").Text
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.url, strings.NewReader(o.envelope(streamBody(id))))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("anna", "pw-anna")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	_, _ = io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	o.ok(`<m:Unsubscribe><m:SubscriptionId>` + id + `</m:SubscriptionId></m:Unsubscribe>`)
	if got := o.Subscriptions(); got != 0 {
		t.Errorf("%d subscriptions are left, want 0", got)
	}
}

func TestPull_BringsEventsOnceByWatermark(t *testing.T) {
	o := newOffice(t, Options{})
	n := o.ok(subscribeBody("PullSubscriptionRequest", "<t:Timeout>10</t:Timeout>"))
	id, mark := one(t, n, "SubscriptionId").Text, one(t, n, "Watermark").Text
	events := func(mark string) string {
		return `<m:GetEvents><m:SubscriptionId>` + id + `</m:SubscriptionId><m:Watermark>` + mark + `</m:Watermark></m:GetEvents>`
	}
	r := o.create(timed("x", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z"))
	o.ok(deleteBody("MoveToDeletedItems", r.xml("ItemId")))
	n = o.ok(events(mark))
	if len(all(n, "CreatedEvent")) != 1 || len(all(n, "MovedEvent")) != 1 {
		t.Errorf("events:\n%s", text(n))
	}
	marks := all(n, "Watermark")
	n = o.ok(events(marks[len(marks)-1].Text))
	if len(all(n, "StatusEvent")) != 1 {
		t.Errorf("nothing new is not a StatusEvent:\n%s", text(n))
	}
	if got := code(o.call(events("AAAA"))); got != "ErrorInvalidWatermark" {
		t.Errorf("rubbish watermark: %s", got)
	}
	o.as = "ben"
	if got := code(o.call(events(mark))); got != "ErrorSubscriptionAccessDenied" {
		t.Errorf("somebody else's subscription: %s", got)
	}
}

func TestFaults_SlowDoesTheWorkFirst(t *testing.T) {
	o := newOffice(t, Options{Faults: faultscript.New(faultscript.Rule{Op: "CreateItem", Kind: faultscript.Slow, Delay: time.Hour})})
	ctx, cancel := context.WithCancel(t.Context())
	body := o.envelope(createBody(calendarItem(timed("x", "2026-03-03T08:00:00Z", "2026-03-03T09:00:00Z")), "SendToNone"))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("anna", "pw-anna")
	done := make(chan error)
	go func() {
		_, err := http.DefaultClient.Do(req) //nolint:bodyclose // it never comes
		done <- err
	}()
	for o.WriteTotal() == 0 {
		runtime.Gosched()
	}
	cancel()
	if err := <-done; err == nil {
		t.Error("a slow answer came at once")
	}
}
