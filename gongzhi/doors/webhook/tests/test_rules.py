"""No field that says who somebody is comes in, however deep it lies or is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongzhi.doors.webhook.rules import biometric_field

BAD = [
    "face", "faceId", "face_id", "FACE-ID", "FACEID", "faceid", "FaceFeature", "face_img",
    "facialFeature", "biometricData", "irisCode", "fingerPrint", "fingerprint", "gait",
    "voice_print", "featureVector", "feature_vector", "personId", "person_id", "idCard", "IDCARD",
    "palmVein", "人脸特征", "指纹", "身份证号", "步态特征",
]  # fmt: skip
GOOD = [
    "event_id", "camera", "object", "surface", "interface", "facet", "address", "id", "card",
    "finger", "personnel", "vector", "picture", "typeface", "描述", "地点", "面积", "idle",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_names_that_are_refused(name):
    assert biometric_field({"object": [{"more": {name: 1}}]}) == name


@pytest.mark.parametrize("name", GOOD)
def test_names_that_are_not(name):
    assert biometric_field({name: {name: "face"}}) == ""


@given(st.sampled_from(BAD), st.integers(0, 60), st.booleans())
def test_at_any_depth(name, depth, in_list):
    said = {name: None}
    for _ in range(depth):
        said = {"more": [said] if in_list else said}
    assert biometric_field(said) == name
