package ewssim

import (
	"context"
	"errors"
	"strings"
	"time"

	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
	"lockstep/sync/internal/faultscript"
)

// call is one request being answered.
type call struct {
	srv     *Server
	op      string
	req     *xmlnode.Node // the operation's element
	w       *xmlnode.Writer
	schema  schema
	named   string // RequestServerVersion as written
	zone    string // TimeZoneContext, "" for none
	loc     *time.Location
	millis  bool
	account string         // who signed in
	user    *store.Mailbox // whom the request acts for; nil without a mailbox
	acting  bool           // by impersonation
	fault   faultscript.Kind
	said    int // response messages written
}

// operation answers one kind of request. It writes into c.w; an error of type
// *faultError or *problemError replaces what was written.
type operation func(ctx context.Context, c *call) error

func (s *Server) operations() map[string]operation {
	return map[string]operation{
		"GetFolder": getFolder, "FindFolder": findFolder, "CreateFolder": createFolder, "DeleteFolder": deleteFolder,
		"SyncFolderHierarchy": syncFolderHierarchy, "SyncFolderItems": syncFolderItems,
		"GetItem": getItem, "FindItem": findItem, "CreateItem": createItem, "UpdateItem": updateItem,
		"DeleteItem": deleteItem, "MoveItem": moveItem,
		"Subscribe": subscribe, "Unsubscribe": unsubscribe, "GetEvents": getEvents, "GetStreamingEvents": getEvents,
		"GetServerTimeZones": getServerTimeZones, "ResolveNames": resolveNames, "ExpandDL": expandDL, "ConvertId": convertID,
		"GetUserConfiguration": getUserConfiguration, "CreateUserConfiguration": createUserConfiguration,
		"UpdateUserConfiguration": updateUserConfiguration, "DeleteUserConfiguration": deleteUserConfiguration,
		"GetUserAvailability": getUserAvailability,
	}
}

// open writes the envelope up to the operation's answer.
func (c *call) open() {
	c.w.Raw(`<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="` + xmlnode.SOAP + `"><s:Header>`)
	c.srv.versionInfo(c.w)
	c.w.Raw(`</s:Header><s:Body xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">`)
	c.w.Open("m:"+c.op+"Response", "xmlns:m", xmlnode.Messages, "xmlns:t", xmlnode.Types)
}

func (c *call) close() {
	c.w.Close("m:" + c.op + "Response")
	c.w.Raw(`</s:Body></s:Envelope>`)
}

// messages writes the answer of an operation with response messages.
func (c *call) messages(fill func() error) error {
	c.open()
	c.w.Open("m:ResponseMessages")
	if err := fill(); err != nil {
		return err
	}
	if c.said == 0 {
		return invalid(c.req, "the request names nothing to work on")
	}
	c.w.Close("m:ResponseMessages")
	c.close()
	return nil
}

// ok writes one successful response message.
func (c *call) ok(content func()) {
	c.said++
	name := "m:" + c.op + "ResponseMessage"
	c.w.Open(name, "ResponseClass", "Success")
	c.w.Text("m:ResponseCode", "NoError")
	if content != nil {
		content()
	}
	c.w.Close(name)
}

// fail writes one response message for an error; tail writes what the schema
// wants even then, such as an empty m:Items. A faultError is handed back.
func (c *call) fail(err error, tail func()) error {
	var p *problemError
	if !errors.As(err, &p) {
		return err
	}
	class := "Error"
	if p.warning {
		class = "Warning"
	}
	c.said++
	name := "m:" + c.op + "ResponseMessage"
	c.w.Open(name, "ResponseClass", class)
	c.w.Text("m:MessageText", p.text)
	c.w.Text("m:ResponseCode", p.code)
	c.w.Text("m:DescriptiveLinkKey", "0")
	if len(p.values) > 0 || p.path != nil {
		c.w.Open("m:MessageXml")
		if p.path != nil {
			c.w.Node(p.path)
		}
		for i := 0; i+1 < len(p.values); i += 2 {
			c.w.Text("t:Value", p.values[i+1], "Name", p.values[i])
		}
		c.w.Close("m:MessageXml")
	}
	if tail != nil {
		tail()
	}
	c.w.Close(name)
	return nil
}

// emptyItems is the tail of a failed item operation.
func (c *call) emptyItems() { c.w.Empty("m:Items") }

// who names the mailbox that the request is about, for faults and counters.
func (c *call) who() string {
	if c.user != nil {
		return strings.ToLower(c.user.Primary)
	}
	return c.account
}

// at reports whether the request's schema is v or later.
func (c *call) at(v schema) bool { return c.schema >= v }

// time writes an instant as the client wants to see it.
func (c *call) time(t time.Time) string { return c.timeIn(t, "") }

// timeIn writes an instant of an item that was made in a zone.
func (c *call) timeIn(t time.Time, itemZone string) string {
	loc := time.UTC
	switch {
	case c.loc != nil:
		loc = c.loc
	case itemZone != "" && c.srv.opts.Switches.OffsetTimes:
		if l, ok := c.srv.zones.Location(itemZone); ok {
			loc = l
		}
	}
	if c.millis {
		return t.In(loc).Format("2006-01-02T15:04:05.000Z07:00")
	}
	return t.In(loc).Format(time.RFC3339)
}
