package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
)

// icoHeader is ICONDIR, icoEntry ICONDIRENTRY and icoBitmap BITMAPINFOHEADER as
// https://learn.microsoft.com/previous-versions/ms997538(v=msdn.10) has them.
type (
	icoHeader struct{ Reserved, Type, Count uint16 }
	icoEntry  struct {
		Width, Height, Colors, Reserved uint8
		Planes, Bits                    uint16
		Bytes, Offset                   uint32
	}
	icoBitmap struct {
		Size, Width, Height uint32
		Planes, Bits        uint16
		Rest                [6]uint32
	}
)

const icoBits = 32

// ico puts square pictures of up to 256 pixels into one icon file. They are
// stored as bitmaps: Windows reads PNG inside an icon only in the large sizes.
func ico(pictures []image.Image) []byte {
	var head, body bytes.Buffer
	put := func(b *bytes.Buffer, v any) { _ = binary.Write(b, binary.LittleEndian, v) } // a buffer takes all
	put(&head, icoHeader{Type: 1, Count: uint16(len(pictures))})                        //nolint:gosec // a handful
	first := binary.Size(icoHeader{}) + len(pictures)*binary.Size(icoEntry{})
	for _, p := range pictures {
		b := bitmap(p)
		size := p.Bounds().Dx()
		put(&head, icoEntry{
			Width: uint8(size), Height: uint8(size), Planes: 1, Bits: icoBits, //nolint:gosec // 256 is written as 0
			Bytes: uint32(len(b)), Offset: uint32(first + body.Len()), //nolint:gosec // kilobytes
		})
		body.Write(b)
	}
	return append(head.Bytes(), body.Bytes()...)
}

// bitmap is a picture as an icon holds it: rows from the bottom up, blue first,
// then a mask of one bit a pixel, which is ignored where there is an alpha.
func bitmap(p image.Image) []byte {
	var out bytes.Buffer
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	_ = binary.Write(&out, binary.LittleEndian, icoBitmap{ // a buffer takes all
		Size: uint32(binary.Size(icoBitmap{})), Width: uint32(w), Height: uint32(2 * h), Planes: 1, Bits: icoBits, //nolint:gosec // at most 256
	})
	for y := h - 1; y >= 0; y-- {
		for x := range w {
			c, _ := color.NRGBAModel.Convert(p.At(p.Bounds().Min.X+x, p.Bounds().Min.Y+y)).(color.NRGBA)
			out.Write([]byte{c.B, c.G, c.R, c.A})
		}
	}
	const align = 32 // bits
	out.Write(make([]byte, (w+align-1)/align*align/8*h))
	return out.Bytes()
}
