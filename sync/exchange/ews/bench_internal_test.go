package ews

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// sampleAnswer is an answer of 100 items with 35 properties each.
func sampleAnswer() []byte {
	one := `<m:GetItemResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:Items>` + fullItemXML + `</m:Items></m:GetItemResponseMessage>`
	return []byte(`<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` +
		`<m:GetItemResponse xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"><m:ResponseMessages>` +
		strings.Repeat(one, 100) + `</m:ResponseMessages></m:GetItemResponse></s:Body></s:Envelope>`)
}

// tokensAlone is what encoding/xml needs for the bytes by itself.
func tokensAlone(b *testing.B, answer []byte) {
	b.Helper()
	d := xml.NewDecoder(bytes.NewReader(answer))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecodeAnswer measures against encoding/xml alone over the same bytes in the same run.
func BenchmarkDecodeAnswer(b *testing.B) {
	answer := sampleAnswer()
	op := operation{name: opGetItem, inputs: 100, perItem: true}
	floor := time.Hour
	for range 20 {
		begin := time.Now()
		tokensAlone(b, answer)
		floor = min(floor, time.Since(begin))
	}
	b.SetBytes(int64(len(answer)))
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		a, err := decodeAnswer(op, answer)
		if err != nil {
			b.Fatal(err)
		}
		if got := a.items(opGetItem, false); got[99].Err != nil {
			b.Fatal(got[99].Err)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(floor), "x-encoding/xml")
}
