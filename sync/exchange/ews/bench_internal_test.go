package ews

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// sampleAnswer is an answer of 100 items with 35 properties each.
func sampleAnswer() []byte {
	one := `<m:GetItemResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:Items>` + fullItemXML + `</m:Items></m:GetItemResponseMessage>`
	return []byte(`<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` +
		`<m:GetItemResponse xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"><m:ResponseMessages>` +
		strings.Repeat(one, 100) + `</m:ResponseMessages></m:GetItemResponse></s:Body></s:Envelope>`)
}

// BenchmarkDecodeAnswer is to be read against BenchmarkTokensAlone, its floor: what encoding/xml needs for the same bytes.
func BenchmarkDecodeAnswer(b *testing.B) {
	answer := sampleAnswer()
	op := operation{name: opGetItem, inputs: 100, perItem: true}
	b.SetBytes(int64(len(answer)))
	b.ReportAllocs()
	for b.Loop() {
		a, err := decodeAnswer(op, answer)
		if err != nil {
			b.Fatal(err)
		}
		if got := a.items(opGetItem, false); got[99].Err != nil {
			b.Fatal(got[99].Err)
		}
	}
}

func BenchmarkTokensAlone(b *testing.B) {
	answer := sampleAnswer()
	b.SetBytes(int64(len(answer)))
	b.ReportAllocs()
	for b.Loop() {
		d := xml.NewDecoder(bytes.NewReader(answer))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
}
