package foreign

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lockstep/sync/exchange/ewssim"
)

func TestCurl_AnswersDirectoryCalls(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	ids, _ := o.entries(t, 1)

	t.Run("ConvertId tells whose an id is", func(t *testing.T) {
		got := o.curl(t, "convertid", values{"ID": ids[0], "Mailbox": anna}).expect(t, "NoError").first("AlternateId").attr
		if !strings.EqualFold(got["Mailbox"], anna) || got["Format"] != "EntryId" || got["Id"] == "" {
			t.Errorf("id = %v", got)
		}
	})
	t.Run("ResolveNames", func(t *testing.T) {
		got := o.curl(t, "resolvenames", values{"Name": "Bert"}).expect(t, "NoError")
		if diff := cmp.Diff([]string{bert}, got.texts("EmailAddress")); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		o.curl(t, "resolvenames", values{"Name": "Nobody"}).expect(t, "ErrorNameResolutionNoResults")
	})
	t.Run("GetServerTimeZones", func(t *testing.T) {
		got := o.curl(t, "getservertimezones", nil).expect(t, "NoError")
		if a := got.first("TimeZoneDefinition").attr; a["Id"] != "FLE Standard Time" || a["Name"] == "" {
			t.Errorf("zone = %v", a)
		}
		periods := got.attrs("Period", "Id")
		if len(periods) < 2 || len(got.all("TransitionsGroup")) == 0 || len(got.all("Transitions")) == 0 {
			t.Errorf("zone is told without periods or transitions\n%s", got.body)
		}
		known := strings.Join(periods, " ")
		for _, to := range got.all("To") {
			if to.attr["Kind"] == "Period" && !strings.Contains(known, to.text) {
				t.Errorf("transition to the unknown period %q", to.text)
			}
		}
	})
	t.Run("GetUserConfiguration", func(t *testing.T) {
		got := o.curl(t, "getuserconfiguration", nil)
		if code := got.first("ResponseCode").text; code != "NoError" && code != "ErrorItemNotFound" {
			t.Errorf("options of the web client: %s", code)
		}
	})
	t.Run("GetUserAvailability", func(t *testing.T) {
		got := o.curl(t, "getuseravailability", values{"Mailbox": anna})
		if got.status != 200 || got.first("ResponseCode").text != "NoError" || len(got.all("FreeBusyViewType")) != 1 {
			t.Errorf("%d\n%s", got.status, got.body)
		}
	})
}

func TestCurl_PullsEvents(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{}, false)
	sub := o.curl(t, "subscribe_pull", nil).expect(t, "NoError")
	ids, _ := o.entries(t, 1)
	id := sub.first("SubscriptionId").text
	got := o.curl(t, "getevents", values{"ID": id, "Watermark": sub.first("Watermark").text}).expect(t, "NoError")
	if diff := cmp.Diff(ids, got.first("CreatedEvent").attrs("ItemId", "Id")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	o.curl(t, "unsubscribe", values{"ID": id}).expect(t, "NoError")
	o.curl(t, "unsubscribe", values{"ID": id}).expect(t, "ErrorSubscriptionNotFound")
}

// Clients cut the stream at the literal <Envelope and </Envelope>.
func TestCurl_StreamsWholeDocumentsWithoutPrefix(t *testing.T) {
	t.Parallel()
	o := open(t, ewssim.Options{StreamMinute: 300 * time.Millisecond}, false)
	id := o.curl(t, "subscribe_streaming", nil).expect(t, "NoError").first("SubscriptionId").text
	o.entries(t, 1)
	got := o.raw(t, request(t, "getstreamingevents", values{"ID": id}), "--ntlm", "-u", `OFFICE\anna:`+password)
	if got.status != 200 || cmp.Diff([]string{"text/xml; charset=utf-8"}, got.header["content-type"]) != "" || cmp.Diff([]string{"chunked"}, got.header["transfer-encoding"]) != "" {
		t.Errorf("stream: %d %v", got.status, got.header)
	}
	if strings.Contains(got.body, "<?xml") {
		t.Error("a document of the stream has an XML declaration")
	}
	var seen []string
	for _, doc := range strings.SplitAfter(strings.TrimSpace(got.body), "</Envelope>") {
		doc = strings.TrimSpace(doc)
		if doc == "" {
			continue
		}
		if !strings.HasPrefix(doc, `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/">`) {
			t.Fatalf("document begins %q", doc[:min(len(doc), 80)])
		}
		n := parse(t, doc)
		switch {
		case len(n.all("CreatedEvent")) > 0:
			seen = append(seen, "created")
		case n.first("ConnectionStatus").text != "":
			seen = append(seen, n.first("ConnectionStatus").text)
		}
	}
	if len(seen) < 3 || seen[0] != "OK" || seen[1] != "created" || seen[len(seen)-1] != "Closed" {
		t.Errorf("documents = %v, want OK first, then the event, Closed last", seen)
	}
}
