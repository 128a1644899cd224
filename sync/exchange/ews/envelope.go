package ews

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	nsSOAP     = "http://schemas.xmlsoap.org/soap/envelope/"
	nsTypes    = "http://schemas.microsoft.com/exchange/services/2006/types"
	nsMessages = "http://schemas.microsoft.com/exchange/services/2006/messages"
)

// operation describes one call.
type operation struct {
	name string
	// write is set when a repetition could do harm.
	write bool
	// compares is set for a write that changes nothing but what is still as the caller has seen it: new entries, and updates that the server
	// refuses when the change key is no longer current.
	compares bool
	// perItem is set when a code in the answer speaks of one item, not of the folder.
	perItem bool
	// zone is set when the operation declares TimeZoneContext.
	zone bool
	// affinity asks for the server that holds the subscription.
	affinity bool
	// needs is the feature without which the operation does not exist; hasNeeds tells that there is one.
	needs    Feature
	hasNeeds bool
	// inputs is the number of response messages to expect.
	inputs int
	// body writes the operation element.
	body func(e *encoder)
}

// header is what goes into the SOAP header.
type header struct {
	access  Access
	mailbox string
	zone    string
}

// encodeRequest writes the whole envelope.
func encodeRequest(op operation, h header, v Version) ([]byte, error) {
	if op.hasNeeds && !v.Has(op.needs) {
		return nil, &Error{Op: op.name, Class: ClassVersion, Err: fmt.Errorf("%s needs %s or newer, the mailbox speaks %s", op.name, op.needs.Since(), v)}
	}
	e := &encoder{b: make([]byte, 0, 2048), op: op.name, version: v}
	if h.access == AccessDelegate {
		e.delegate = h.mailbox
	}
	e.b = append(e.b, `<?xml version="1.0" encoding="utf-8"?>`...)
	e.open("s:Envelope", "xmlns:s", nsSOAP, "xmlns:t", nsTypes, "xmlns:m", nsMessages)
	e.open("s:Header")
	e.empty("t:RequestServerVersion", "Version", v.String())
	if op.zone && v.Has(FeatureZones) {
		e.open("t:TimeZoneContext")
		e.empty("t:TimeZoneDefinition", "Id", h.zone)
		e.close("t:TimeZoneContext")
	}
	if h.mailbox != "" && h.access != AccessDelegate {
		sid := "t:PrimarySmtpAddress"
		if h.access == AccessSMTP && v.Has(FeatureAnyAddress) {
			sid = "t:SmtpAddress"
		}
		e.open("t:ExchangeImpersonation")
		e.open("t:ConnectingSID")
		e.text(sid, h.mailbox)
		e.close("t:ConnectingSID")
		e.close("t:ExchangeImpersonation")
	}
	e.close("s:Header")
	e.open("s:Body")
	op.body(e)
	e.close("s:Body")
	e.close("s:Envelope")
	return e.b, e.err
}

// message is one response message: an error, or the element with the content.
type message struct {
	node *node
	code string
	warn bool
	err  *Error
}

// answer is a parsed envelope.
type answer struct {
	server    Server
	hasServer bool
	messages  []message
	body      *node // the operation's response element
}

var errNoEnvelope = errors.New("read answer: it is not a soap envelope of an exchange server; check the address, and any proxy or sign-in page in front of it")

// decodeAnswer checks and reads an envelope. The error is an *Error when the server answered with a fault and something else when the
// bytes are not an answer at all.
func decodeAnswer(op operation, b []byte) (*answer, error) {
	root, err := parse(b)
	if err != nil {
		return nil, err
	}
	if root.name != "Envelope" || root.space != nsSOAP {
		return nil, errNoEnvelope
	}
	a := &answer{}
	a.server, a.hasServer = readServer(root.child("Header"))
	body := root.child("Body")
	if fault := body.child("Fault"); fault != nil {
		return a, readFault(op, fault)
	}
	a.body = body.child(op.name + "Response")
	if a.body == nil {
		return nil, fmt.Errorf("read answer: %w", errNoEnvelope)
	}
	list := a.body.child("ResponseMessages").all()
	for i := range list {
		if list[i].name == op.name+"ResponseMessage" {
			a.messages = append(a.messages, readMessage(op, &list[i]))
		}
	}
	switch {
	case len(a.messages) > op.inputs && op.inputs > 0, len(a.messages) == 0:
		return nil, fmt.Errorf("read answer: %d response messages for %d inputs", len(a.messages), op.inputs)
	case len(a.messages) < op.inputs:
		a.fillMissing(op)
	}
	return a, nil
}

// fillMissing gives every input an outcome when the server answered fewer than were asked.
func (a *answer) fillMissing(op operation) {
	class := ClassProtocol
	if op.write {
		class = ClassUnknown
	}
	for len(a.messages) < op.inputs {
		a.messages = append(a.messages, message{err: &Error{
			Op: op.name, Class: class, HTTPStatus: 200, Sent: true, Err: errors.New("read answer: the response message for this input is missing"),
		}})
	}
}

const (
	codeNone     = "NoError"
	codeInternal = "ErrorInternalServerError"
)

func readMessage(op operation, n *node) message {
	code := n.childWord("ResponseCode")
	class := n.attr("ResponseClass")
	m := message{node: n, code: code}
	switch {
	case class == "Success":
		return m
	case class == "Warning" && code != "ErrorBatchProcessingStopped":
		m.warn = true
		return m
	}
	m.err = codeError(op, code, n.child("MessageXml"), !op.perItem)
	m.err.say(n.childStr("MessageText"))
	m.err.HTTPStatus = 200
	return m
}

func readFault(op operation, n *node) *Error {
	detail := n.child("detail")
	code := detail.childWord("ResponseCode")
	if code == "" {
		code = n.childWord("faultcode")
		code = code[strings.LastIndexByte(code, ':')+1:]
	}
	text := n.childStr("faultstring")
	if strings.Contains(text, "The specified server version is invalid") {
		code = "ErrorInvalidServerVersion"
	}
	e := codeError(op, code, detail.child("MessageXml"), true)
	e.say(text)
	return e
}

// say keeps the server's words, and the address in them when they tell which one to use.
func (e *Error) say(text string) {
	e.Message = text
	if e.Code != "ErrorNonPrimarySmtpAddress" || e.Primary != "" {
		return
	}
	for _, w := range strings.Fields(text) {
		if w = strings.Trim(w, `.,;:'"<>()`); strings.Contains(w, "@") {
			e.Primary = w
		}
	}
}

// codeError builds the error of a response code. whole says that it speaks of the request or folder, not of one item.
func codeError(op operation, code string, xmlInfo *node, whole bool) *Error {
	e := &Error{Op: op.name, Code: code, Sent: true}
	busy := false
	for _, v := range xmlInfo.all() {
		switch v.attr("Name") {
		case "InnerErrorResponseCode":
			if code == codeInternal && v.word() != "" && v.word() != codeNone {
				e.Code = v.word()
			}
		case "BackOffMilliseconds":
			if ms, err := strconv.Atoi(v.word()); err == nil && ms > 0 {
				e.RetryAfter = min(time.Duration(ms)*time.Millisecond, maxPause)
				busy = true
			}
		case "Primary":
			e.Primary = v.word()
		}
	}
	var pause time.Duration
	e.Class, pause = classify(e.Code, op.write, whole)
	if busy && e.Class == ClassUnavailable {
		e.Class = ClassThrottled
	}
	if e.RetryAfter == 0 {
		e.RetryAfter = pause
	}
	return e
}

// maxPause bounds a pause that a server asks for, so that a nonsense value does not stop an account for ever.
const maxPause = time.Hour
