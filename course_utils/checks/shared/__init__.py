"""Cases, properties and mistakes that exercises of two lessons share."""
